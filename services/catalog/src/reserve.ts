import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallContext } from "@sidecart/platform/rpc";
import { answerEach, type Batcher, createBatcher, id, parse, quantity } from "@sidecart/platform/rpc";
import { type ReserveOutcomeSchema, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { mergeLines, type Outcome, sameLines, type Wanted } from "./reservation.ts";

/**
 * Only a reservation without an order expires: placing the order removes the expiry. So this is longer than any
 * delivery of an event should take, and limits how long a caller that crashed keeps stock from others.
 */
const reservationMs = 2 * 60 * 60_000;

const most = z.int().min(0);

const request = z.object({
  quota: z.object({ openReservations: most, unitsPerProduct: most, reservationsPerHour: most }),
  reservations: z
    .array(
      z.object({
        reservationId: id,
        accountId: id,
        lines: z
          .array(z.object({ productId: id, quantity }))
          .min(1)
          .max(100),
      }),
    )
    .max(500),
});

const statuses: Record<Outcome["status"], ReserveStatus> = {
  reserved: ReserveStatus.RESERVED,
  "out-of-stock": ReserveStatus.OUT_OF_STOCK,
  "unknown-product": ReserveStatus.UNKNOWN_PRODUCT,
  "too-many-open": ReserveStatus.TOO_MANY_OPEN,
  "too-many-units": ReserveStatus.TOO_MANY_UNITS,
  "too-many-made": ReserveStatus.TOO_MANY_MADE,
  changed: ReserveStatus.CHANGED,
  closed: ReserveStatus.CLOSED,
};

type ReservingDeps = Pick<Deps, "reservations" | "clock">;

/** Reserves stock for orders. Concurrent calls share one statement. */
export function createReserving(deps: ReservingDeps): Batcher<Wanted, Outcome> {
  return createBatcher({
    name: "reserve",
    most: 500,
    parallel: 2,
    waiting: 5_000,
    async run(wanted, context) {
      const first = new Map<string, Wanted>();
      for (const one of wanted) if (!first.has(one.id)) first.set(one.id, one);
      const now = deps.clock.now();
      const expiresAt = new Date(now.getTime() + reservationMs);
      const outcomes = await deps.reservations.reserve([...first.values()], now, expiresAt, context);
      return wanted.map((one) => outcomeFor(one, outcomes.get(one.id)));
    },
  });
}

/** An existing reservation with this id may have other lines. */
function outcomeFor({ id, lines }: Wanted, outcome: Outcome | undefined): Outcome {
  if (!outcome) throw new Error(`reservation ${id} was not decided`);
  const changed = outcome.status === "reserved" && !sameLines(outcome.lines, lines);
  return changed ? { ...outcome, status: "changed", lines: [] } : outcome;
}

/** Outcomes are in the order of the requests. A failure affects only its own reservation. */
export async function reserve(
  deps: Pick<Deps, "reserve" | "log">,
  input: unknown,
  context: CallContext,
): Promise<MessageInitShape<typeof ReserveOutcomeSchema>[]> {
  const { reservations, quota } = parse(request, input);
  const wanted = reservations.map(({ reservationId, accountId, lines }) => ({
    id: reservationId,
    accountId,
    lines: mergeLines(lines),
    quota,
  }));
  return answerEach(await deps.reserve.all(wanted, context), {
    log: deps.log,
    name: "reserve",
    answer: toProto,
    failure: (failure, place) => ({ reservationId: wanted[place]?.id ?? "", failure }),
  });
}

function toProto(outcome: Outcome): MessageInitShape<typeof ReserveOutcomeSchema> {
  const lines = outcome.status === "reserved" ? outcome.lines : [];
  return {
    reservationId: outcome.id,
    status: statuses[outcome.status],
    refusedProductIds: outcome.productIds,
    lines: lines.map((line) => ({ ...line, price: BigInt(line.price), partnerId: line.partnerId ?? "" })),
  };
}
