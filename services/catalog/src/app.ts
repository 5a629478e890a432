import { background } from "@sidecart/platform/call";
import { systemClock } from "@sidecart/platform/ids";
import type { Platform, Wiring } from "@sidecart/platform/service";
import { startSweep } from "@sidecart/platform/sweep";
import { createIndexStore } from "./index-store.ts";
import { createPartnerStore } from "./partner-store.ts";
import { createProductStore } from "./product-store.ts";
import { ensureIndex } from "./reindex.ts";
import { createReservationStore } from "./reservation-store.ts";
import { rpc } from "./rpc.ts";
import { createSearchIndex } from "./search-index.ts";
import { subscriptions } from "./subscriptions.ts";

const sweepMs = 10_000;

/** Catalog, wired. */
export async function wire(platform: Platform): Promise<Wiring> {
  const { database, sidecar, verifier, kickOutbox, log } = platform;
  const deps = {
    products: createProductStore(database),
    reservations: createReservationStore(database),
    indexes: createIndexStore(database),
    partners: createPartnerStore(database),
    index: createSearchIndex(sidecar),
    clock: systemClock,
    verifier,
    kickOutbox,
  };
  await ensureIndex(deps, background(30_000));
  const expiry = startSweep("reservations", sweepMs, log, async (context) => {
    const now = deps.clock.now();
    if ((await deps.reservations.expire(now, context)) > 0) kickOutbox();
    await deps.reservations.prune(now, context);
  });
  return { rpc: rpc(deps), subscriptions: subscriptions(deps), stop: () => expiry.stop() };
}
