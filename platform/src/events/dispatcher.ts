import { LRUCache } from "lru-cache";
import pLimit from "p-limit";
import { StatementFailed } from "../database/database.ts";
import type { CallContext } from "../rpc/call.ts";
import { isRetryable } from "../rpc/errors.ts";
import { describeFields, problemsIn } from "../rpc/input.ts";
import type { Logger } from "../telemetry/log.ts";
import { meter } from "../telemetry/telemetry.ts";
import { type DeadLetters, unreadableId } from "./dead-letters.ts";
import { type CloudEvent, cloudEvent } from "./events.ts";
import { createHold } from "./held-deliveries.ts";
import { eventsOf } from "./messages.ts";
import { type Delivery, handleInSpan, handlersByTopic, type Subscription } from "./subscriptions.ts";

/** After this many failures that are not a passing outage, an event becomes a dead letter. */
const maxAttempts = 5;
/**
 * How many events a replica handles at once; others wait. This is below the waiting limit of every batcher that a
 * handler uses, and leaves the database capacity for requests. A handler that was abandoned after its timeout does not
 * count.
 */
const maxConcurrent = 128;
/** Bounds memory: how many failed attempts and handled events a replica remembers. It forgets the oldest first. */
const maxRemembered = 10_000;
const givenUp = "given up by the sidecar";

export type Dispatcher = {
  readonly topics: readonly string[];
  /** Handles each event of a message. The message is redelivered until all its events are handled. */
  deliver(topic: string, message: string): Promise<Delivery>;
  /** Handles one event, and rejects with the handler's error. */
  handle(topic: string, event: CloudEvent): Promise<void>;
  /** Stores the events of a message that the sidecar gave up on as dead letters. */
  lastResort(topic: string, message: string, context: CallContext): Promise<Delivery>;
};

/**
 * Handles delivered messages. While a part of the system is unreachable, an event is retried for as long as that lasts.
 * An event that fails for another reason becomes a dead letter after `maxAttempts`.
 */
export function createDispatcher(subscriptions: Subscription[], deadLetters: DeadLetters, log: Logger): Dispatcher {
  const byTopic = handlersByTopic(subscriptions, "pubsub");
  const store = createStore(log);
  const once = createOnce();
  const hold = createHold(log);

  async function handle(topic: string, event: CloudEvent): Promise<void> {
    const subscription = byTopic.get(topic);
    if (!subscription) throw new Error(`no handler for topic ${topic}`);
    await handleInSpan(subscription, event);
  }

  const attempt = createAttempts({ handle, deadLetters, store, log });

  function deliveryOf(topic: string, raw: unknown): EventDelivery {
    const { success, data: event, error } = cloudEvent.safeParse(raw);
    if (success) return { id: event.id, work: () => attempt(topic, event) };
    const id = unreadableId(topic, raw);
    const problem = describeFields(problemsIn(error), "event");
    return { id, work: () => store({ topic, id }, deadLetters.unreadable(topic, raw, problem)) };
  }

  /** An event's `type` is its topic, so it can be redriven to its own handler. */
  function givenUpOf(topic: string, raw: unknown) {
    const { success, data: event } = cloudEvent.safeParse(raw);
    const of = success ? { id: event.id, topic: event.type } : { id: unreadableId(topic, raw), topic };
    const keep = () =>
      success ? deadLetters.keep(event.type, event, givenUp, 1) : deadLetters.unreadable(topic, raw, givenUp);
    return { ...of, store: () => store(of, keep()) };
  }

  return {
    topics: [...byTopic.keys()],
    handle,
    async deliver(topic, message) {
      const events = eventsOf(message).map((raw) => deliveryOf(topic, raw));
      const deliveries = await Promise.all(events.map(once.run));
      if (deliveries.includes("again")) return "again";
      for (const { id } of events) once.forget(id);
      return "handled";
    },
    // Holds the delivery until all is stored: Redis drops a message whose delivery fails, unless a resiliency policy
    // retries.
    async lastResort(topic, message, context) {
      const deliveries = eventsOf(message).map((raw) => hold(givenUpOf(topic, raw), context));
      return (await Promise.all(deliveries)).includes("again") ? "again" : "handled";
    },
  };
}

type Store = (event: { topic: string; id: string }, stored: Promise<unknown>) => Promise<Delivery>;

/** Acknowledges a message only after its dead letter is stored. */
function createStore(log: Logger): Store {
  return async ({ topic, id }, stored) => {
    try {
      await stored;
      return "handled";
    } catch (error) {
      log.error(
        { err: error, topic, eventId: id },
        "event: the dead letter could not be stored; the message stays with the broker",
      );
      return "again";
    }
  };
}

type AttemptOptions = { handle: Dispatcher["handle"]; deadLetters: DeadLetters; store: Store; log: Logger };

/** Attempts to handle an event, counts its failures, and stores it as a dead letter after the last one. */
function createAttempts({ handle, deadLetters, store, log }: AttemptOptions) {
  const failures = new LRUCache<string, number>({ max: maxRemembered });
  const total = meter().createCounter("sidecart_events_total", {
    description: "Attempts to handle an event, by outcome",
  });
  return async (topic: string, event: CloudEvent): Promise<Delivery> => {
    try {
      await handle(topic, event);
      failures.delete(event.id);
      total.add(1, { topic, outcome: "handled" });
      return "handled";
    } catch (error) {
      total.add(1, { topic, outcome: "failed" });
      const count = (failures.get(event.id) ?? 0) + (isOutage(error) ? 0 : 1);
      if (count > 0) failures.set(event.id, count);
      const about = { topic, eventId: event.id, subject: event.subject };
      log.warn({ err: error, ...about, attempts: count }, "event: handling failed");
      if (count < maxAttempts) return "again";
      failures.delete(event.id);
      return store({ topic, id: event.id }, deadLetters.keep(topic, event, error, count));
    }
  };
}

/** True when the failure is not the event's own: the event is retried for as long as the outage lasts. */
const isOutage = (error: unknown) => isRetryable(error) && !(error instanceof StatementFailed);

type EventDelivery = { id: string; work(): Promise<Delivery> };

/**
 * Handles each event of a redelivered message once. Events that were handled are skipped; events that are still in
 * progress are awaited.
 */
function createOnce() {
  const handled = new LRUCache<string, true>({ max: maxRemembered });
  const inProgress = new Map<string, Promise<Delivery>>();
  const limit = pLimit(maxConcurrent);
  return {
    run({ id, work }: EventDelivery): Promise<Delivery> | Delivery {
      if (handled.has(id)) return "handled";
      const earlier = inProgress.get(id);
      if (earlier) return earlier;
      const delivery = limit(work)
        .then((outcome) => {
          if (outcome === "handled") handled.set(id, true);
          return outcome;
        })
        .finally(() => inProgress.delete(id));
      inProgress.set(id, delivery);
      return delivery;
    },
    forget: (id: string) => void handled.delete(id),
  };
}
