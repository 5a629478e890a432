import { setTimeout as pause } from "node:timers/promises";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { LRUCache } from "lru-cache";
import pLimit from "p-limit";
import pTimeout from "p-timeout";
import { StatementFailed } from "../database/database.ts";
import { background, type CallContext } from "../rpc/call.ts";
import { isRetryable } from "../rpc/errors.ts";
import { inWords, problemsIn } from "../rpc/input.ts";
import type { Logger } from "../telemetry/log.ts";
import { inSpan, meter, SpanKind, traceFromParent } from "../telemetry/telemetry.ts";
import { type DeadLetters, unreadableId } from "./dead-letters.ts";
import { type CloudEvent, cloudEvent, type EventType, eventData, topicOf } from "./events.ts";
import { eventsOf } from "./messages.ts";

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
    topic: topicOf(type),
    handle: (event, context) => handler({ id: event.id, data: eventData(type, event), time: event.time }, context),
  };
}

export type Delivery = "handled" | "again";
type Deliverable = { id: string; work(): Promise<Delivery> };

/** An event that failed this often for a reason of its own is put aside, with its error, for a person to look at. */
const maxAttempts = 5;
const handlerTimeoutMs = 10_000;
/**
 * A handler that goes on after its deadline is told to end, and waited for no longer than this: nothing else could try the
 * event meanwhile.
 */
const lateMs = 1_000;
/**
 * Events that a replica handles at once, whatever messages they came in; the others wait for their place. Fewer than any
 * batcher of a handler lets wait, and no more than other people's statements can stand beside. Handlers that were given up
 * are not counted.
 */
const mostAtOnce = 128;
const givenUp = "given up by the sidecar";
/** Between tries to store what the sidecar gave up on. */
const firstPauseMs = 250;
const longestPauseMs = 3_000;
/** Of failed attempts, and of events whose message comes again; the oldest are forgotten first, so no flood fills the memory. */
const mostRemembered = 10_000;

/**
 * Decides what becomes of a delivered message. While a part of the system is unreachable it is tried again for as long
 * as that lasts; an event that fails for a reason of its own becomes a dead letter after `maxAttempts`.
 */
export function createDispatcher(subscriptions: Subscription[], deadLetters: DeadLetters, log: Logger) {
  const byTopic = handlersByTopic(subscriptions, "pubsub");
  const attempts = new LRUCache<string, number>({ max: mostRemembered });
  const done = new LRUCache<string, true>({ max: mostRemembered });
  const inHand = new Map<string, Promise<Delivery>>();
  const place = pLimit(mostAtOnce);
  const handled = meter().createCounter("sidecart_events_total", {
    description: "Tries to handle an event, by how they ended",
  });

  /** A message comes again until each of its events is handled; those that are, are not handled again with the others. */
  async function deliver(topic: string, message: string): Promise<Delivery> {
    const events = eventsOf(message).map((raw) => deliverable(topic, raw));
    const deliveries = await Promise.all(events.map(deliverOnce));
    if (deliveries.includes("again")) return "again";
    for (const { id } of events) done.delete(id);
    return "handled";
  }

  /** What is to be done for a part of a message, and under which id. */
  function deliverable(topic: string, raw: unknown): Deliverable {
    const { success, data: event, error } = cloudEvent.safeParse(raw);
    if (success) return { id: event.id, work: () => tryEvent(topic, event) };
    const id = unreadableId(topic, raw);
    return { id, work: () => putAside(deadLetters.unreadable(topic, raw, inWords(problemsIn(error), "event"))) };
  }

  /** A message may come again while its events are still in hand. */
  function deliverOnce({ id, work }: Deliverable): Promise<Delivery> | Delivery {
    if (done.has(id)) return "handled";
    const earlier = inHand.get(id);
    if (earlier) return earlier;
    const delivery = place(work)
      .then((end) => {
        if (end === "handled") done.set(id, true);
        return end;
      })
      .finally(() => inHand.delete(id));
    inHand.set(id, delivery);
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
  async function putAside(stored: Promise<unknown>): Promise<Delivery> {
    try {
      await stored;
      return "handled";
    } catch (error) {
      log.error({ err: error }, "event: the dead letter could not be stored; the message stays with the broker");
      return "again";
    }
  }

  /**
   * For messages that the sidecar gave up on: events are kept as such, to be handled again. The type of ours is their
   * topic. The delivery is held until all are stored: Redis lets a message go whose delivery fails, unless a policy of
   * the sidecar repeats it.
   */
  async function lastResort(topic: string, message: string, context: CallContext): Promise<Delivery> {
    const keep = (raw: unknown) => {
      const { success, data: event } = cloudEvent.safeParse(raw);
      if (success) return deadLetters.keep(event.type, event, givenUp, 1);
      return deadLetters.unreadable(topic, raw, givenUp);
    };
    const deliveries = eventsOf(message).map((raw) => held(() => putAside(keep(raw)), context));
    return (await Promise.all(deliveries)).includes("again") ? "again" : "handled";
  }

  return { topics: [...byTopic.keys()], deliver, handle, lastResort };
}

/** Tries until it succeeds, or the delivery is over. */
async function held(store: () => Promise<Delivery>, { signal, deadline }: CallContext): Promise<Delivery> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const delivery = await store();
    if (delivery === "handled" || signal.aborted || Date.now() + pauseMs >= deadline) return delivery;
    await pause(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** The subscriptions to one component; two to one topic are a mistake. */
export function handlersByTopic(all: Subscription[], pubsub: PubSub): Map<string, Subscription> {
  const own = all.filter((subscription) => subscription.pubsub === pubsub);
  const byTopic = new Map(own.map((subscription) => [subscription.topic, subscription]));
  if (byTopic.size < own.length) throw new Error("two handlers for one topic");
  return byTopic;
}

/** Handles an event in the trace of whatever caused it. Fails when the handler does not end in time, whatever becomes of it. */
export async function handleInSpan(subscription: Subscription, event: CloudEvent): Promise<void> {
  const { topic } = subscription;
  const options = {
    kind: SpanKind.CONSUMER,
    parent: traceFromParent(event.traceparent),
    attributes: { "messaging.destination.name": topic, "messaging.message.id": event.id },
  };
  const abort = new AbortController();
  const fallback = () => {
    abort.abort();
    throw new Error(`the handler did not end within ${handlerTimeoutMs + lateMs} ms`);
  };
  await inSpan(`${topic} process`, options, () => {
    const handled = subscription.handle(event, background(handlerTimeoutMs, abort.signal));
    return pTimeout(handled, { milliseconds: handlerTimeoutMs + lateMs, fallback });
  });
}

/** True when the trouble is not the event's: it is tried again for as long as that lasts. */
const isPassing = (error: unknown) => isRetryable(error) && !(error instanceof StatementFailed);

export type Dispatcher = ReturnType<typeof createDispatcher>;
