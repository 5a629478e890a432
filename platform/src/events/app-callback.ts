import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors } from "../rpc/errors.ts";
import type { RpcHandlers } from "../rpc/grpc-methods.ts";
import type { Listener } from "./broadcast.ts";
import type { Delivery, Dispatcher, PubSub } from "./subscriptions.ts";

const { SUCCESS, RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;
const broadcast: PubSub = "broadcast";

type Options = {
  dispatcher?: Dispatcher | undefined;
  listener?: Listener | undefined;
  pubsub: string;
  appId: string;
  isDraining(): boolean;
};

/** Messages come as they were published: a sidecar would take each for one event, and decode and encode it to hand it over. */
const asPublished = { rawPayload: "true" };
/** Queues of a service are to be on several servers, where a broker lets each subscription choose. */
const replicated = { ...asPublished, queueType: "quorum" };

/** Where the sidecar puts what it gives up on; we store it like any other dead letter. */
const deadLetterTopic = (appId: string): string => `${appId}.dead-letters.v1`;

/** Dapr's callbacks. A handler that fails asks for another delivery; nothing is answered SUCCESS but what is stored. */
export function appCallbackHandlers(options: Options): RpcHandlers<typeof appCallback.AppCallback, CallContext> {
  const { dispatcher, listener, pubsub } = options;
  const lastResort = deadLetterTopic(options.appId);

  async function deliver(event: appCallback.TopicEventRequest): Promise<Delivery> {
    const message = Buffer.from(event.data).toString("utf8");
    if (event.pubsubName === broadcast) return (await listener?.deliver(event.topic, message)) ?? "again";
    if (!dispatcher) return "again";
    if (event.topic === lastResort) return dispatcher.lastResort(event.topic, message);
    return dispatcher.deliver(event.topic, message);
  }

  return {
    async listTopicSubscriptions() {
      const heard = listener?.topics.map((topic) => ({ pubsubName: broadcast, topic, metadata: asPublished })) ?? [];
      if (!dispatcher) return { subscriptions: heard };
      const settings = { pubsubName: pubsub, metadata: replicated };
      const own = dispatcher.topics.map((topic) => ({ ...settings, topic, deadLetterTopic: lastResort }));
      return { subscriptions: [...own, { ...settings, topic: lastResort }, ...heard] };
    },
    async onTopicEvent(event) {
      const delivery = options.isDraining() ? "again" : await deliver(event);
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
