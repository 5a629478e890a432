import { systemClock } from "../ids.ts";
import type { Logger } from "../telemetry/log.ts";
import { meter } from "../telemetry/telemetry.ts";
import { cloudEvent } from "./events.ts";
import { eventsOf } from "./messages.ts";
import { type Delivery, handleInSpan, handlersByTopic, type Subscription } from "./subscriptions.ts";

/** Handles the broadcasts that reach this replica. */
export type Listener = {
  readonly topics: readonly string[];
  deliver(topic: string, message: string): Promise<Delivery>;
};

/**
 * Handles events that happen while the replica runs. Older ones are skipped, because some brokers start with everything
 * that they still store. There are no dead letters: the sidecar retries a failed event a few times (`notice` in
 * resiliency.yaml) and then drops it.
 */
export function createListener(subscriptions: Subscription[], log: Logger, since = systemClock.now()): Listener {
  const byTopic = handlersByTopic(subscriptions, "broadcast");
  const total = meter().createCounter("sidecart_broadcasts_total", {
    description: "Attempts to handle a broadcast, by outcome",
  });
  async function handle(topic: string, raw: unknown): Promise<Delivery> {
    const subscription = byTopic.get(topic);
    const parsed = cloudEvent.safeParse(raw);
    if (!subscription || !parsed.success) {
      log.warn({ topic, problem: parsed.error?.message ?? "no handler" }, "broadcast: skipped");
      return "handled";
    }
    if (new Date(parsed.data.time) < since) return "handled";
    try {
      await handleInSpan(subscription, parsed.data);
      total.add(1, { topic, outcome: "handled" });
      return "handled";
    } catch (error) {
      total.add(1, { topic, outcome: "failed" });
      log.warn({ err: error, topic, eventId: parsed.data.id }, "broadcast: handling failed");
      return "again";
    }
  }

  return {
    topics: [...byTopic.keys()],
    async deliver(topic, message) {
      const deliveries = await Promise.all(eventsOf(message).map((raw) => handle(topic, raw)));
      return deliveries.includes("again") ? "again" : "handled";
    },
  };
}
