import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import { type Implementation, implement } from "../rpc/app-server.ts";
import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors } from "../rpc/errors.ts";
import type { RpcHandlers } from "../rpc/grpc-methods.ts";
import type { Listener } from "./broadcast.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Delivery, PubSub } from "./subscriptions.ts";

const { SUCCESS, RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;
const broadcast: PubSub = "broadcast";

export type CallbackOptions = {
  /** Handles `pubsub` subscriptions; none when absent. */
  dispatcher?: Dispatcher | undefined;
  /** Handles broadcasts; none when absent. */
  listener?: Listener | undefined;
  pubsub: string;
  appId: string;
  /** False while the process accepts no events. Its health check then fails, and the sidecar delivers later. */
  isOpen(): boolean;
};

/**
 * Messages are delivered as they were published. Otherwise the sidecar treats each as one event and decodes and encodes
 * it.
 */
const asPublished = { rawPayload: "true" };
/** On RabbitMQ, a queue that is replicated to several servers. */
const replicated = { ...asPublished, queueType: "quorum" };

/** The topic for messages that the sidecar gives up on. We store them like other dead letters. */
const deadLetterTopic = (appId: string): string => `${appId}.dead-letters.v1`;

/** The services that a sidecar calls on its app: Dapr's callbacks and the health check. */
export function daprCallbacks(options: CallbackOptions): Implementation[] {
  const health = implement(appCallback.AppCallbackHealthCheck, {
    async healthCheck() {
      if (!options.isOpen()) throw new AppError(commonErrors.unavailable);
      return {};
    },
  });
  // The sidecar's resiliency policies set the deadline of a delivery. Without a policy a delivery has none.
  const callbacks = { ...implement(appCallback.AppCallback, handlers(options)), timeoutMs: Number.POSITIVE_INFINITY };
  return [
    { ...callbacks, open: ["listTopicSubscriptions", "listInputBindings"] },
    { ...health, open: ["healthCheck"] },
  ];
}

/** A failed handler requests redelivery. SUCCESS is returned only for what is stored. */
function handlers(options: CallbackOptions): RpcHandlers<typeof appCallback.AppCallback, CallContext> {
  const { dispatcher, listener, pubsub, isOpen } = options;
  const lastResort = deadLetterTopic(options.appId);

  async function deliver(event: appCallback.TopicEventRequest, context: CallContext): Promise<Delivery> {
    const message = Buffer.from(event.data).toString("utf8");
    // Accepted even while closed: a sidecar without resiliency policies delivers it only once.
    if (event.topic === lastResort && dispatcher) return dispatcher.lastResort(event.topic, message, context);
    if (!isOpen()) return "again";
    if (event.pubsubName === broadcast) return (await listener?.deliver(event.topic, message)) ?? "again";
    return (await dispatcher?.deliver(event.topic, message)) ?? "again";
  }

  return {
    async listTopicSubscriptions() {
      const broadcasts =
        listener?.topics.map((topic) => ({ pubsubName: broadcast, topic, metadata: asPublished })) ?? [];
      if (!dispatcher) return { subscriptions: broadcasts };
      const settings = { pubsubName: pubsub, metadata: replicated };
      const own = dispatcher.topics.map((topic) => ({ ...settings, topic, deadLetterTopic: lastResort }));
      return { subscriptions: [...own, { ...settings, topic: lastResort }, ...broadcasts] };
    },
    async onTopicEvent(event, context) {
      const delivery = await deliver(event, context);
      return { status: delivery === "handled" ? SUCCESS : RETRY };
    },
    async listInputBindings() {
      return {};
    },
    onBindingEvent: unused,
    onInvoke: unused,
  };
}

async function unused(): Promise<never> {
  throw new AppError(commonErrors.notFound);
}
