import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { LRUCache } from "lru-cache";
import { background, type CallContext } from "./call.ts";
import { StatementFailed } from "./database.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { isRetryable } from "./errors.ts";
import { type CloudEvent, cloudEvent, type EventType, eventData } from "./events.ts";
import type { Logger } from "./log.ts";
import { eventsOf } from "./messages.ts";
import { inSpan, meter, SpanKind, traceFromParent } from "./telemetry.ts";

/** One event as a handler sees it. `id` goes into the inbox with the effect: a second delivery changes nothing. */
export type Received<M> = { id: string; data: M; time: string };

/** The pub/sub components, by the names that every broker's YAML gives them. */
export type PubSub = "pubsub" | "broadcast";

export type Subscription = {
  readonly pubsub: PubSub;
  readonly topic: string;
  handle(event: CloudEvent, context: CallContext): Promise<void>;
};

type Handler<D extends DescMessage> = (event: Received<MessageShape<D>>, context: CallContext) => Promise<void>;

/** Binds a handler to a kind of event: one replica handles each, once at least. It must be idempotent by `event.id`. */
export function on<D extends DescMessage>(type: EventType<D>, handler: Handler<D>): Subscription {
  return subscription("pubsub", type, handler);
}

/** Binds a handler to a kind of event that every replica hears, while it runs. What it fails to handle is forgotten. */
export function onEveryReplica<D extends DescMessage>(type: EventType<D>, handler: Handler<D>): Subscription {
  return subscription("broadcast", type, handler);
}

function subscription<D extends DescMessage>(pubsub: PubSub, type: EventType<D>, handler: Handler<D>): Subscription {
  return {
    pubsub,
    topic: type.topic,
    handle: (event, context) => handler({ id: event.id, data: eventData(type, event), time: event.time }, context),
  };
}

export type Delivery = "handled" | "again";

/** A message that failed this often for a reason of its own is put aside, with its error, for a person to look at. */
const maxAttempts = 5;
const handlerTimeoutMs = 10_000;
/** Of failed attempts, and of events whose message comes again; the oldest are forgotten first, so no flood fills the memory. */
const mostRemembered = 10_000;

/**
 * Decides what becomes of a delivered message. While a part of the system is unreachable it is tried again for as long
 * as that lasts; a message that fails for a reason of its own becomes a dead letter after `maxAttempts`.
 */
export function createDispatcher(subscriptions: Subscription[], deadLetters: DeadLetters, log: Logger) {
  const byTopic = handlersByTopic(subscriptions, "pubsub");
  const attempts = new LRUCache<string, number>({ max: mostRemembered });
  const done = new LRUCache<string, true>({ max: mostRemembered });
  const handled = meter().createCounter("sidecart_events_total");

  /** A message comes again until each of its events is handled; those that are, are not handled again with the others. */
  async function deliver(topic: string, message: string): Promise<Delivery> {
    const events = eventsOf(message).map((raw) => ({ raw, parsed: cloudEvent.safeParse(raw) }));
    const deliveries = await Promise.all(
      events.map(({ raw, parsed }) =>
        parsed.success
          ? deliverEvent(topic, parsed.data)
          : putAside(deadLetters.unreadable(topic, raw, parsed.error.message)),
      ),
    );
    if (deliveries.includes("again")) return "again";
    for (const { parsed } of events) if (parsed.success) done.delete(parsed.data.id);
    return "handled";
  }

  async function deliverEvent(topic: string, event: CloudEvent): Promise<Delivery> {
    if (done.has(event.id)) return "handled";
    const delivery = await tryEvent(topic, event);
    if (delivery === "handled") done.set(event.id, true);
    return delivery;
  }

  async function tryEvent(topic: string, event: CloudEvent): Promise<Delivery> {
    try {
      await handle(topic, event);
      attempts.delete(event.id);
      handled.add(1, { topic, outcome: "handled" });
      return "handled";
    } catch (error) {
      handled.add(1, { topic, outcome: "failed" });
      const count = (attempts.get(event.id) ?? 0) + (isPassing(error) ? 0 : 1);
      if (count > 0) attempts.set(event.id, count);
      log.warn({ err: error, topic, eventId: event.id, attempts: count }, "event: handling failed");
      if (count < maxAttempts) return "again";
      attempts.delete(event.id);
      return putAside(deadLetters.keep(topic, event, error, count));
    }
  }

  async function handle(topic: string, event: CloudEvent): Promise<void> {
    const subscription = byTopic.get(topic);
    if (!subscription) throw new Error(`no handler for topic ${topic}`);
    await handleInSpan(subscription, event);
  }

  /** A message is only let go once its dead letter is stored. */
  async function putAside(stored: Promise<void>): Promise<Delivery> {
    try {
      await stored;
      return "handled";
    } catch (error) {
      log.error({ err: error }, "event: the dead letter could not be stored; the message stays with the broker");
      return "again";
    }
  }

  /** For what the sidecar gave up on. */
  const lastResort = (topic: string, raw: string) =>
    putAside(deadLetters.unreadable(topic, raw, "given up by the sidecar"));

  return { topics: [...byTopic.keys()], deliver, handle, lastResort };
}

/** The subscriptions to one component; two to one topic are a mistake. */
export function handlersByTopic(all: Subscription[], pubsub: PubSub): Map<string, Subscription> {
  const own = all.filter((subscription) => subscription.pubsub === pubsub);
  const byTopic = new Map(own.map((subscription) => [subscription.topic, subscription]));
  if (byTopic.size < own.length) throw new Error("two handlers for one topic");
  return byTopic;
}

/** Handles an event in the trace of whatever caused it. */
export async function handleInSpan(subscription: Subscription, event: CloudEvent): Promise<void> {
  const { topic } = subscription;
  const options = {
    kind: SpanKind.CONSUMER,
    parent: traceFromParent(event.traceparent),
    attributes: { "messaging.destination.name": topic, "messaging.message.id": event.id },
  };
  await inSpan(`${topic} process`, options, () => subscription.handle(event, background(handlerTimeoutMs)));
}

/** True when the trouble is not the message's: it is tried again for as long as that lasts. */
const isPassing = (error: unknown) => isRetryable(error) && !(error instanceof StatementFailed);

export type Dispatcher = ReturnType<typeof createDispatcher>;
