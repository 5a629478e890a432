import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";
import type { RpcHandlers } from "./rpc.ts";
import type { Dispatcher } from "./subscriptions.ts";

const { SUCCESS, RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;

type Options = { dispatcher?: Dispatcher | undefined; pubsub: string; appId: string; isDraining(): boolean };

/** Where the sidecar puts what it cannot hand to us as an event at all; we store it like any other dead letter. */
export const deadLetterTopic = (appId: string): string => `${appId}.dead-letters.v1`;

/** Dapr's callbacks. A handler that fails asks for another delivery; nothing is answered SUCCESS but what is stored. */
export function appCallbackHandlers(options: Options): RpcHandlers<typeof appCallback.AppCallback, CallContext> {
  const { dispatcher, pubsub } = options;
  const lastResort = deadLetterTopic(options.appId);
  return {
    async listTopicSubscriptions() {
      if (!dispatcher) return {};
      const own = dispatcher.topics.map((topic) => ({ pubsubName: pubsub, topic, deadLetterTopic: lastResort }));
      const raw = { pubsubName: pubsub, topic: lastResort, metadata: { rawPayload: "true" } };
      return { subscriptions: [...own, raw] };
    },
    async onTopicEvent(event) {
      if (options.isDraining() || !dispatcher) return { status: RETRY };
      const text = Buffer.from(event.data).toString("utf8");
      const delivery =
        event.topic === lastResort
          ? await dispatcher.lastResort(event.topic, text)
          : await dispatcher.deliver(event.topic, envelope(event, text));
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
