import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { CallContext } from "../rpc/call.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Delivery } from "./subscriptions.ts";

/** Back-off between attempts to store a dead letter. */
const firstPauseMs = 250;
const longestPauseMs = 3_000;

type HeldEvent = { id: string; topic: string; store(): Promise<Delivery> };
type Held = { deliveries: number; storing?: Promise<Delivery> | undefined };

/**
 * Holds a delivery until its event is stored, or the delivery ends. Redis delivers an event again while it is held:
 * these deliveries wait for the first one and take over when it ends. When the last one ends, for example because the
 * process stops, the log names the event, because a sidecar without policies does not deliver it again.
 */
export function createHold(log: Logger): (event: HeldEvent, context: CallContext) => Promise<Delivery> {
  const events = new Map<string, Held>();
  return async ({ id, topic, store }, context) => {
    const held = events.get(id) ?? { deliveries: 0 };
    events.set(id, held);
    held.deliveries += 1;
    const delivery = await deliver(held, store, context);
    held.deliveries -= 1;
    if (held.deliveries > 0) return delivery;
    events.delete(id);
    if (delivery === "again")
      log.error({ topic, eventId: id }, "event: its delivery ended before the dead letter was stored; it may be lost");
    return delivery;
  };
}

async function deliver(held: Held, store: () => Promise<Delivery>, context: CallContext): Promise<Delivery> {
  while (held.storing) {
    const delivery = await unlessAborted(held.storing, context);
    if (delivery === "handled" || isOver(context)) return delivery;
  }
  held.storing = withBackOff(store, context).finally(() => {
    held.storing = undefined;
  });
  return unlessAborted(held.storing, context);
}

/** Retries until it succeeds or the delivery ends. */
async function withBackOff(store: () => Promise<Delivery>, context: CallContext): Promise<Delivery> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const delivery = await store();
    if (delivery === "handled" || isOver(context, pauseMs)) return delivery;
    await pause(pauseMs, undefined, { signal: context.signal }).catch(() => {});
  }
}

const isOver = ({ signal, deadline }: CallContext, afterMs = 0) => signal.aborted || Date.now() + afterMs >= deadline;

/** An aborted delivery ends at once: the process may exit before the attempt in progress does. */
async function unlessAborted(storing: Promise<Delivery>, { signal }: CallContext): Promise<Delivery> {
  if (signal.aborted) return storing;
  const done = new AbortController();
  const aborted = once(signal, "abort", { signal: done.signal }).then(
    (): Delivery => "again",
    (): Delivery => "again",
  );
  return Promise.race([storing, aborted]).finally(() => done.abort());
}
