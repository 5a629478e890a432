import type { CallContext } from "@sidecart/platform/rpc";
import { type Batcher, createBatcher } from "@sidecart/platform/rpc";
import { type ReserveOutcome, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import type { Deps } from "./deps.ts";
import { type Refusal, refusals } from "./errors.ts";
import {
  type Attempt,
  type Decision,
  decide,
  earlierOutcome,
  firstOfEach,
  isUnclear,
  type Outcome,
  outcomeOf,
  type Placement,
} from "./placement.ts";
import { tooLarge, toReservationQuota } from "./quota.ts";

export type PlacementDeps = Pick<Deps, "orders" | "reservations" | "quota" | "clock" | "log">;

/** How many reservations of one key may end without an order before the key is refused. */
const maxRounds = 5;
/**
 * Catalog accepts this many reservations in one call, and one statement writes this many orders well within its
 * timeout.
 */
const most = 200;
const parallel = 2;
const waiting = 2_000;

/**
 * Places concurrent orders in batches: one call to catalog reserves stock for all of them, then one statement writes
 * the orders that got it, with their events. A crash between the two loses nothing: the reservation is idempotent by
 * its id, and expires if nobody retries.
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

async function placeAll(
  deps: PlacementDeps,
  placements: readonly Placement[],
  context: CallContext,
): Promise<(Outcome | Error)[]> {
  const refused = new Map<Placement, Refusal>();
  for (const placement of placements) {
    const refusal = tooLarge(placement.lines, deps.quota);
    if (refusal) refused.set(placement, refusal);
  }
  const fitting = placements.filter((placement) => !refused.has(placement));
  const [large, placed] = await Promise.all([
    replayOrRefuse(deps, refused, context),
    placeInRounds(deps, fitting, context),
  ]);
  return placements.map((one) => large.get(one) ?? placed.get(one) ?? { refusal: refusals.keyExhausted });
}

/** If an order with its key exists, a placement that is too large returns it: the quota may have become smaller. */
async function replayOrRefuse(
  { orders }: PlacementDeps,
  refused: ReadonlyMap<Placement, Refusal>,
  context: CallContext,
): Promise<Map<Placement, Outcome>> {
  const stored = refused.size > 0 ? await orders.byKeys([...refused.keys()], context) : [];
  return new Map([...refused].map(([one, refusal]) => [one, earlierOutcome(one, stored) ?? { refusal }]));
}

/**
 * An earlier attempt with the same key may have left a reservation that has ended since. Then the next round makes
 * another one. A placement that has had all rounds has no outcome.
 */
async function placeInRounds(
  deps: PlacementDeps,
  placements: readonly Placement[],
  context: CallContext,
): Promise<Map<Placement, Outcome | Error>> {
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
  return outcomes;
}

/** One round of reserving and writing. `closed`: the reservation has ended without an order. */
async function attempt(
  deps: PlacementDeps,
  placements: readonly Attempt[],
  context: CallContext,
): Promise<(Outcome | Error | "closed")[]> {
  const reserved = await deps.reservations.reserve(
    {
      reservations: placements.map(({ reservationId, accountId, lines }) => ({ reservationId, accountId, lines })),
      quota: toReservationQuota(deps.quota),
    },
    { ...context, repeatable: true },
  );
  const now = deps.clock.now();
  const decided = placements.map((placement, place) => decide(placement, reserved.outcomes[place], now));
  const orders = decided.flatMap((one) => ("order" in one ? [one.order] : []));
  const placed = orders.length > 0 ? await deps.orders.place(firstOfEach(orders), context) : new Map<string, string>();
  const unclear = placements.filter((_, place) => isUnclear(decided[place], placed));
  const stored = unclear.length > 0 ? await deps.orders.byKeys(unclear, context) : [];
  await releaseRefused(deps, placements, decided, reserved.outcomes, context);
  return placements.map((placement, place) => outcomeOf(placement, decided[place] as Decision, placed, stored));
}

/** Releases the stock of orders that are refused for another reason. When that fails, the reservations expire. */
async function releaseRefused(
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
    deps.log.warn(
      { err: error, reservationIds },
      "stock of refused orders was not released; the reservations will expire",
    );
  });
}
