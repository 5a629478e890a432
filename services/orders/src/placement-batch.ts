import type { CallContext } from "@sidecart/platform/rpc";
import { type Batcher, createBatcher } from "@sidecart/platform/rpc";
import { type ReserveOutcome, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import type { Deps } from "./deps.ts";
import { refusals } from "./errors.ts";
import {
  type Attempt,
  type Decision,
  decide,
  firstOfEach,
  isUnclear,
  type Outcome,
  outcomeOf,
  type Placement,
} from "./placement.ts";

export type PlacementDeps = Pick<Deps, "orders" | "reservations" | "clock" | "log">;

/** How many reservations of one key may have ended without an order before the key is refused. */
const maxRounds = 5;
/** What catalog takes in one call, and a statement writes well within its time. */
const most = 200;
const parallel = 2;
const waiting = 2_000;

/**
 * Places orders, concurrent ones together: stock is reserved at catalog for all of them in one call, then those that got
 * theirs are written with their events in one statement. Between the two nothing is lost: the reservation is repeatable
 * by its id, and expires if nobody comes back.
 */
export function createPlacementBatch(deps: PlacementDeps): Batcher<Placement, Outcome> {
  return createBatcher({
    name: "place-orders",
    most,
    parallel,
    waiting,
    run: (placements, context) => placeAll(deps, placements, context),
  });
}

/** An earlier try under the same key may have left a reservation that has ended since: then another one is made. */
async function placeAll(
  deps: PlacementDeps,
  placements: readonly Placement[],
  context: CallContext,
): Promise<(Outcome | Error)[]> {
  const outcomes = new Map<Placement, Outcome | Error>();
  for (let round = 0; outcomes.size < placements.length && round < maxRounds; round += 1) {
    const left = placements.filter((placement) => !outcomes.has(placement));
    const answers = await attempt(
      deps,
      left.map((one) => ({ ...one, reservationId: one.reservationIds(round) })),
      context,
    );
    left.forEach((placement, place) => {
      const answer = answers[place];
      if (answer !== undefined && answer !== "closed") outcomes.set(placement, answer);
    });
  }
  return placements.map((placement) => outcomes.get(placement) ?? { refusal: refusals.keyExhausted });
}

/** One round of reserving and writing. `closed`: the reservation has ended without an order. */
async function attempt(
  deps: PlacementDeps,
  placements: readonly Attempt[],
  context: CallContext,
): Promise<(Outcome | Error | "closed")[]> {
  const reserved = await deps.reservations.reserve(
    { reservations: placements.map(({ reservationId, lines }) => ({ reservationId, lines })) },
    { ...context, repeatable: true },
  );
  const now = deps.clock.now();
  const decided = placements.map((placement, place) => decide(placement, reserved.outcomes[place], now));
  const orders = decided.flatMap((one) => ("order" in one ? [one.order] : []));
  const placed = orders.length > 0 ? await deps.orders.place(firstOfEach(orders), context) : new Map<string, string>();
  const unclear = placements.filter((_, place) => isUnclear(decided[place], placed));
  const stored = unclear.length > 0 ? await deps.orders.byKeys(unclear, context) : [];
  await giveBack(deps, placements, decided, reserved.outcomes, context);
  return placements.map((placement, place) => outcomeOf(placement, decided[place] as Decision, placed, stored));
}

/** What was reserved for an order that is then refused for another reason. If that fails, it expires. */
async function giveBack(
  deps: PlacementDeps,
  placements: readonly Attempt[],
  decided: Decision[],
  answers: ReserveOutcome[],
  context: CallContext,
): Promise<void> {
  const held = placements.filter((_, place) => {
    const decision = decided[place];
    return decision !== undefined && "refusal" in decision && answers[place]?.status === ReserveStatus.RESERVED;
  });
  const reservationIds = held.map((one) => one.reservationId);
  if (reservationIds.length === 0) return;
  await deps.reservations.release({ reservationIds }, context).catch((error) => {
    deps.log.warn({ err: error, reservationIds }, "stock of refused orders was not given back: it will expire");
  });
}
