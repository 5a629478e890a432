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
  /** Without it nothing is heard that is kept. */
  dispatcher?: Dispatcher | undefined;
  /** Without it nothing is heard that every replica hears. */
  listener?: Listener | undefined;
  pubsub: string;
  appId: string;
  /** False while the process takes no events: its sidecar is told that it is not well, and to deliver them later. */
  isOpen(): boolean;
};

/** Messages come as they were published: a sidecar would take each for one event, and decode and encode it to hand it over. */
const asPublished = { rawPayload: "true" };
/** Queues of a service are to be on several servers, where a broker lets each subscription choose. */
const replicated = { ...asPublished, queueType: "quorum" };

/** Where the sidecar puts what it gives up on; we store it like any other dead letter. */
const deadLetterTopic = (appId: string): string => `${appId}.dead-letters.v1`;

/** What a sidecar asks of its app: Dapr's callbacks and its health check. */
export function daprCallbacks(options: CallbackOptions): Implementation[] {
  const health = implement(appCallback.AppCallbackHealthCheck, {
    async healthCheck() {
      if (!options.isOpen()) throw new AppError(commonErrors.unavailable);
      return {};
    },
  });
  // The sidecar's policies set the deadline of a delivery; without one it may wait for as long as it has to.
  const callbacks = { ...implement(appCallback.AppCallback, handlers(options)), timeoutMs: Number.POSITIVE_INFINITY };
  return [
    { ...callbacks, open: ["listTopicSubscriptions", "listInputBindings"] },
    { ...health, open: ["healthCheck"] },
  ];
}

/** A handler that fails asks for another delivery; nothing is answered SUCCESS but what is stored. */
function handlers(options: CallbackOptions): RpcHandlers<typeof appCallback.AppCallback, CallContext> {
  const { dispatcher, listener, pubsub, isOpen } = options;
  const lastResort = deadLetterTopic(options.appId);

  async function deliver(event: appCallback.TopicEventRequest, context: CallContext): Promise<Delivery> {
    const message = Buffer.from(event.data).toString("utf8");
    // Taken at any time: a sidecar without policies delivers it once only.
    if (event.topic === lastResort && dispatcher) return dispatcher.lastResort(event.topic, message, context);
    if (!isOpen()) return "again";
    if (event.pubsubName === broadcast) return (await listener?.deliver(event.topic, message)) ?? "again";
    return (await dispatcher?.deliver(event.topic, message)) ?? "again";
  }

  return {
    async listTopicSubscriptions() {
      const heard = listener?.topics.map((topic) => ({ pubsubName: broadcast, topic, metadata: asPublished })) ?? [];
      if (!dispatcher) return { subscriptions: heard };
      const settings = { pubsubName: pubsub, metadata: replicated };
      const own = dispatcher.topics.map((topic) => ({ ...settings, topic, deadLetterTopic: lastResort }));
      return { subscriptions: [...own, { ...settings, topic: lastResort }, ...heard] };
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
