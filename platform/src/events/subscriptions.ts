import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import pTimeout from "p-timeout";
import { background, type CallContext } from "../rpc/call.ts";
import { inSpan, SpanKind, traceFromParent } from "../telemetry/telemetry.ts";
import { type CloudEvent, type EventType, eventData, topicOf } from "./events.ts";

/**
 * One event as its handler receives it. The handler writes `id` to the inbox with its effect, so a redelivery changes
 * nothing.
 */
export type Received<M> = { id: string; data: M; time: string };

/** The pub/sub components. Every broker's YAML uses these names. */
export type PubSub = "pubsub" | "broadcast";

export type Subscription = {
  readonly pubsub: PubSub;
  readonly topic: string;
  handle(event: CloudEvent, context: CallContext): Promise<void>;
};

type Handler<D extends DescMessage> = (event: Received<MessageShape<D>>, context: CallContext) => Promise<void>;

/**
 * Subscribes to an event type. One replica handles each event, at least once: the handler must be idempotent by
 * `event.id`.
 */
export function on<D extends DescMessage>(type: EventType<D>, handler: Handler<D>): Subscription {
  return subscription("pubsub", type, handler);
}

/** Subscribes every running replica to an event type. An event that keeps failing is dropped, without a dead letter. */
export function onEveryReplica<D extends DescMessage>(type: EventType<D>, handler: Handler<D>): Subscription {
  return subscription("broadcast", type, handler);
}

function subscription<D extends DescMessage>(pubsub: PubSub, type: EventType<D>, handler: Handler<D>): Subscription {
  return {
    pubsub,
    topic: topicOf(type),
    handle: (event, context) => handler({ id: event.id, data: eventData(type, event), time: event.time }, context),
  };
}

/** What the broker is told about a message: acknowledge it, or redeliver it. */
export type Delivery = "handled" | "again";

/** The subscriptions to one component by topic. Throws when a topic has two handlers. */
export function handlersByTopic(all: Subscription[], pubsub: PubSub): Map<string, Subscription> {
  const own = all.filter((subscription) => subscription.pubsub === pubsub);
  const byTopic = new Map(own.map((subscription) => [subscription.topic, subscription]));
  if (byTopic.size < own.length) throw new Error("two handlers for one topic");
  return byTopic;
}

const handlerTimeoutMs = 10_000;
/**
 * How long to wait for a handler after its deadline, when its signal is aborted. No replica can retry the event
 * meanwhile.
 */
const handlerGraceMs = 1_000;

/**
 * Runs the handler in the trace of the request that caused the event. Rejects when the handler exceeds its timeout and
 * grace.
 */
export async function handleInSpan(subscription: Subscription, event: CloudEvent): Promise<void> {
  const { topic } = subscription;
  const options = {
    kind: SpanKind.CONSUMER,
    parent: traceFromParent(event.traceparent),
    attributes: {
      "messaging.destination.name": topic,
      "messaging.message.id": event.id,
      ...(event.subject !== undefined && { "sidecart.subject": event.subject }),
    },
  };
  const abort = new AbortController();
  const milliseconds = handlerTimeoutMs + handlerGraceMs;
  const fallback = () => {
    abort.abort();
    throw new Error(`the handler did not end within ${milliseconds} ms`);
  };
  await inSpan(`${topic} process`, options, () => {
    const handled = subscription.handle(event, background(handlerTimeoutMs, abort.signal));
    return pTimeout(handled, { milliseconds, fallback });
  });
}
