import { type Batcher, createBatcher, fromFailure } from "@sidecart/platform/rpc";
import type { PlaceOutcome } from "@sidecart/proto/orders/v1/orders";
import { batchBounds, withoutToken } from "../../calls/batching.ts";
import type { Services } from "../../services.ts";

/** An order to place, with its customer's token and the trace of its request. */
export type Placement = {
  lines: { productId: string; quantity: number }[];
  idempotencyKey: string;
  authorization: string;
  traceparent: string;
};

/** Larger batches make each order cheaper in all services. */
const pace = { patienceMs: 25, lingerMs: 4 };

/** Places orders of several callers in one call. */
export const placementBatcher = ({ orders }: Pick<Services, "orders">): Batcher<Placement, PlaceOutcome> =>
  createBatcher<Placement, PlaceOutcome>({
    ...batchBounds,
    pace,
    name: "placements",
    async run(placements, context) {
      const call = { ...withoutToken(context), repeatable: true };
      const { outcomes } = await orders.placeOrders({ placements: [...placements] }, call);
      return outcomes.map((one) => (one.result.case === "failure" ? fromFailure(one.result.value) : one));
    },
  });
