import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  authorization,
  type CallContext,
  id,
  loggedFailure,
  onBehalfOf,
  parse,
  quantity,
  text,
} from "@sidecart/platform/rpc";
import { currentTraceparent } from "@sidecart/platform/telemetry";
import type { PlaceOutcomeSchema } from "@sidecart/proto/orders/v1/orders";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { toProto } from "./order.ts";
import { type Outcome, toPlacement } from "./placement.ts";

const request = z.object({ placements: z.array(z.unknown()).min(1).max(100) });
const placement = z.object({
  lines: z
    .array(z.object({ productId: id, quantity }))
    .min(1)
    .max(100),
  idempotencyKey: text(0, 255),
  authorization,
  traceparent: z.string().max(100).default(""),
});

/** Places many orders, of one person or of several; each has an outcome of its own, also when it fails. */
export async function placeOrders(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<MessageInitShape<typeof PlaceOutcomeSchema>[]> {
  const { placements } = parse(request, input);
  const [only] = placements;
  if (placements.length === 1) return [outcomeToProto(await placeOne(deps, only, context))];
  const settled = await Promise.allSettled(placements.map((asked) => placeOne(deps, asked, context)));
  return settled.map((one) => {
    if (one.status === "fulfilled") return outcomeToProto(one.value);
    return { result: { case: "failure", value: loggedFailure(deps.log, "place order", one.reason) } };
  });
}

async function placeOne(deps: Deps, input: unknown, context: CallContext): Promise<Outcome> {
  const { authorization: bearer, traceparent, ...asked } = parse(placement, input);
  const own = onBehalfOf(context, bearer);
  const { accountId } = await deps.verifier.caller(own);
  return deps.place(toPlacement(accountId, asked, nearest(traceparent)), own);
}

/** The span of this call, unless the placement belongs to another trace than the call that brought it. */
function nearest(traceparent: string): string | null {
  const own = currentTraceparent();
  const traceOf = (text: string) => text.split("-")[1];
  return traceparent && traceOf(own ?? "") !== traceOf(traceparent) ? traceparent : own;
}

function outcomeToProto(outcome: Outcome): MessageInitShape<typeof PlaceOutcomeSchema> {
  if ("order" in outcome) {
    return { result: { case: "order", value: toProto(outcome.order) }, replayed: outcome.replayed };
  }
  const { code, text: message, productIds = [] } = outcome.refusal;
  return { result: { case: "refusal", value: { code, message, productIds } } };
}
