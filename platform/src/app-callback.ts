import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import type { Listener } from "./broadcast.ts";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";
import type { RpcHandlers } from "./rpc.ts";
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

/** Queues of a service are to be on several servers, where a broker lets each subscription choose. */
const replicated = { queueType: "quorum" };

/** Where the sidecar puts what it cannot hand to us as an event at all; we store it like any other dead letter. */
export const deadLetterTopic = (appId: string): string => `${appId}.dead-letters.v1`;

/** Dapr's callbacks. A handler that fails asks for another delivery; nothing is answered SUCCESS but what is stored. */
export function appCallbackHandlers(options: Options): RpcHandlers<typeof appCallback.AppCallback, CallContext> {
  const { dispatcher, listener, pubsub } = options;
  const lastResort = deadLetterTopic(options.appId);

  async function deliver(event: appCallback.TopicEventRequest): Promise<Delivery> {
    const text = Buffer.from(event.data).toString("utf8");
    if (event.pubsubName === broadcast) return (await listener?.deliver(event.topic, envelope(event, text))) ?? "again";
    if (!dispatcher) return "again";
    if (event.topic === lastResort) return dispatcher.lastResort(event.topic, text);
    return dispatcher.deliver(event.topic, envelope(event, text));
  }

  return {
    async listTopicSubscriptions() {
      const heard = listener?.topics.map((topic) => ({ pubsubName: broadcast, topic })) ?? [];
      if (!dispatcher) return { subscriptions: heard };
      const settings = { pubsubName: pubsub, metadata: replicated };
      const own = dispatcher.topics.map((topic) => ({ ...settings, topic, deadLetterTopic: lastResort }));
      const raw = { ...settings, topic: lastResort, metadata: { ...replicated, rawPayload: "true" } };
      return { subscriptions: [...own, raw, ...heard] };
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

/** The CloudEvent put together again: the sidecar hands over its parts. */
function envelope(event: appCallback.TopicEventRequest, text: string): unknown {
  const { id, source, type, specVersion: specversion } = event;
  return { ...event.extensions, id, source, type, specversion, data: parseOrText(text) };
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function unused(): Promise<never> {
  throw new AppError(commonErrors.notFound);
}
