import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallContext } from "@sidecart/platform/call";
import { id, parse, quantity } from "@sidecart/platform/input";
import { type ReserveOutcomeSchema, ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { mergeLines, type Outcome, sameLines, type Wanted } from "./reservation.ts";

/**
 * Only a reservation that no order stands behind ends this way: placing an order takes it off at once. So it is longer
 * than any event may reasonably take, and bounds what a caller that died in between keeps from others.
 */
const reservationMs = 2 * 60 * 60_000;

const request = z.object({
  reservations: z
    .array(
      z.object({
        reservationId: id,
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
  changed: ReserveStatus.CHANGED,
  closed: ReserveStatus.CLOSED,
};

/** Puts stock aside for many orders in one statement; outcomes stand in the order asked. */
export async function reserve(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<MessageInitShape<typeof ReserveOutcomeSchema>[]> {
  const { reservations } = parse(request, input);
  const wanted = new Map<string, Wanted>();
  for (const one of reservations) {
    if (!wanted.has(one.reservationId))
      wanted.set(one.reservationId, { id: one.reservationId, lines: mergeLines(one.lines) });
  }
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + reservationMs);
  const outcomes = await deps.reservations.reserve([...wanted.values()], now, expiresAt, context);
  if (outcomes.size > 0) deps.kickOutbox();
  return reservations.map(({ reservationId, lines }) => {
    const outcome = outcomes.get(reservationId);
    if (!outcome) throw new Error(`reservation ${reservationId} was not decided`);
    const changed = outcome.status === "reserved" && !sameLines(outcome.lines, mergeLines(lines));
    return toProto(changed ? { ...outcome, status: "changed", lines: [] } : outcome);
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
