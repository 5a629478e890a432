import { systemClock } from "@sidecart/platform/ids";
import { background, type CallContext } from "@sidecart/platform/rpc";
import type { Platform, Wiring } from "@sidecart/platform/run";
import { startSweep } from "@sidecart/platform/run";
import type { catalog } from "../service.ts";
import { boundSearches } from "./bounded-searches.ts";
import { cacheInvalidation } from "./cache-invalidation.ts";
import { createHolding } from "./hold-reservations.ts";
import { createIndexQueueStore } from "./index-queue-store.ts";
import { createIndexStore } from "./index-store.ts";
import { startIndexer } from "./indexer.ts";
import { createPartnerStore } from "./partner-store.ts";
import { createProductStore } from "./product-store.ts";
import { createIndexBuilder, keepIndexes } from "./reindex.ts";
import { createReservationStore } from "./reservation-store.ts";
import { createReserving } from "./reserve.ts";
import { rpc } from "./rpc.ts";
import { createSearchIndex } from "./search-index.ts";
import { subscriptions } from "./subscriptions.ts";

const sweepMs = 10_000;
const firstLookMs = 5_000;

/** Wires catalog. */
export async function wire(platform: Platform<typeof catalog>): Promise<Wiring<typeof catalog>> {
  const { database, sidecar, verifier, log } = platform;
  const search = { indexes: createIndexStore(database), index: boundSearches(createSearchIndex(sidecar)) };
  const queue = createIndexQueueStore(database);
  const builder = createIndexBuilder(search, log);
  const indexer = startIndexer({ ...search, queue }, log);
  const reserving = { reservations: createReservationStore(database), clock: systemClock };
  const deps = {
    ...search,
    ...reserving,
    builder,
    kickIndexer: indexer.kick,
    products: createProductStore(database),
    reserve: createReserving(reserving),
    hold: createHolding(reserving),
    partners: createPartnerStore(database),
    verifier,
    log,
  };
  const keep = (context: CallContext) => keepIndexes(search, builder, context);
  // Stock and products are served even when search is unreachable.
  await keep(background(firstLookMs)).catch((error) => log.warn({ err: error }, "search is unreachable at the start"));
  const sweeps = [
    startSweep("search indexes", sweepMs, log, keep),
    startSweep("reservations", sweepMs, log, async (context) => {
      const now = deps.clock.now();
      await deps.reservations.expire(now, context);
      await deps.reservations.prune(now, context);
    }),
  ];
  const stop = async () => {
    await Promise.all([...sweeps, indexer, builder].map((one) => one.stop()));
  };
  return { rpc: rpc(deps), subscriptions: subscriptions(deps), cacheInvalidation, stop };
}
