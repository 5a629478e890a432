import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  answerEach,
  authorization,
  type CallContext,
  continueWith,
  id,
  idempotencyKey,
  onBehalfOf,
  parse,
  quantity,
  settleEach,
} from "@sidecart/platform/rpc";
import { annotate, currentTraceparent } from "@sidecart/platform/telemetry";
import type { PlaceOutcomeSchema } from "@sidecart/proto/orders/v1/orders";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { toProto } from "./order.ts";
import { type Outcome, type Placement, toPlacement } from "./placement.ts";

type PlaceOutcome = MessageInitShape<typeof PlaceOutcomeSchema>;

const request = z.object({ placements: z.array(z.unknown()).min(1).max(100) });
const placement = z.object({
  lines: z
    .array(z.object({ productId: id, quantity }))
    .min(1)
    .max(100),
  idempotencyKey: idempotencyKey.optional(),
  authorization,
  traceparent: z.string().max(100).default(""),
});

/** Places many orders, of one customer or of several. Each has its own outcome, which may be an error. */
export async function placeOrders(deps: Deps, input: unknown, context: CallContext): Promise<PlaceOutcome[]> {
  const { placements } = parse(request, input);
  const requested = await settleEach(placements, (one) => placementOf(deps, one, context));
  const outcomes = await continueWith(requested, (wanted) => deps.place.all(wanted, context));
  const orderIds = outcomes.flatMap((one) => ("order" in one ? [one.order.id] : []));
  annotate({ "sidecart.subject": orderIds });
  if (orderIds.length > 0) deps.log.info({ orderIds }, "orders placed");
  return answerEach(outcomes, {
    log: deps.log,
    name: "place order",
    answer: outcomeToProto,
    failure: (value): PlaceOutcome => ({ result: { case: "failure", value } }),
  });
}

async function placementOf(deps: Deps, input: unknown, context: CallContext): Promise<Placement> {
  const { authorization: bearer, traceparent, ...requested } = parse(placement, input);
  const { accountId } = await deps.verifier.require(onBehalfOf(context, bearer), "customer");
  return toPlacement(accountId, requested, nearest(traceparent));
}

/** The span of this call, unless the placement belongs to another trace than the call. */
function nearest(traceparent: string): string | null {
  const own = currentTraceparent();
  const traceOf = (text: string) => text.split("-")[1];
  return traceparent && traceOf(own ?? "") !== traceOf(traceparent) ? traceparent : own;
}

function outcomeToProto(outcome: Outcome): PlaceOutcome {
  if ("order" in outcome) {
    return { result: { case: "order", value: toProto(outcome.order) }, replayed: outcome.replayed };
  }
  const { code, text: message, productIds = [] } = outcome.refusal;
  return { result: { case: "refusal", value: { code, message, productIds } } };
}
