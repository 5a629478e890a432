import { systemClock } from "@sidecart/platform/ids";
import type { Platform, Wiring } from "@sidecart/platform/run";
import { startSweep } from "@sidecart/platform/run";
import { ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import type { orders } from "../service.ts";
import { cacheInvalidation } from "./cache-invalidation.ts";
import type { OrdersConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { expireOrders } from "./expire-orders.ts";
import { createKnownAccountStore } from "./known-account-store.ts";
import { createOrderStore } from "./order-store.ts";
import { createPlacementBatch } from "./placement-batch.ts";
import { quotaOf } from "./quota.ts";
import { rpc } from "./rpc.ts";
import { subscriptions } from "./subscriptions.ts";

const sweepMs = 10_000;

/** Wires orders. */
export function wire(platform: Platform<typeof orders, OrdersConfig>): Wiring<typeof orders> {
  const { config, database, sidecar, verifier, log } = platform;
  const placing = {
    orders: createOrderStore(database),
    reservations: sidecar.service(ReservationsService, "catalog"),
    quota: quotaOf(config),
    clock: systemClock,
    log,
  };
  const deps: Deps = { ...placing, place: createPlacementBatch(placing), verifier };
  const expiry = startSweep("order expiry", sweepMs, log, async (context) => {
    const expired = await expireOrders(deps, context);
    if (expired > 0) log.info({ expired }, "unpaid orders expired");
  });
  const knownAccounts = createKnownAccountStore(database);
  return {
    rpc: rpc(deps),
    subscriptions: subscriptions({ knownAccounts }),
    cacheInvalidation,
    stop: () => expiry.stop(),
  };
}
