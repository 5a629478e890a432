import type { Clock } from "@sidecart/platform/ids";
import type { Batcher, CallContext, RpcClient, Verifier } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import type { OrderStore } from "./order-store.ts";
import type { Outcome, Placement } from "./placement.ts";
import type { Quota } from "./quota.ts";

/** What the use cases need; wired in app.ts. */
export type Deps = {
  orders: OrderStore;
  reservations: RpcClient<typeof ReservationsService, CallContext>;
  verifier: Verifier;
  quota: Quota;
  clock: Clock;
  place: Batcher<Placement, Outcome>;
  log: Logger;
};
