import { type Batcher, createBatcher, settleEach } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";
import type { Hold } from "./reservation-store.ts";

type HoldingDeps = Pick<Deps, "reservations" | "clock">;

/**
 * Marks reservations as belonging to an order, so that they no longer expire. Concurrent events share one statement.
 */
export function createHolding(deps: HoldingDeps): Batcher<Hold, undefined> {
  return createBatcher({
    name: "hold-reservations",
    most: 200,
    parallel: 2,
    pace: { patienceMs: 25, lingerMs: 3 },
    waiting: 1_000,
    async run(holds, context) {
      const held = await deps.reservations.holdOpen([...holds], context);
      return settleEach(holds, async ({ id, eventId }) => {
        // The reservation is not open: it has expired or ended.
        if (!held.has(eventId)) await deps.reservations.holdOnce(id, deps.clock.now(), context, eventId);
        return undefined;
      });
    },
  });
}
