import type { Clock } from "@sidecart/platform/ids";
import type { Batcher, Verifier } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { ProductStore } from "./product-store.ts";
import type { Outcome, Wanted } from "./reservation.ts";
import type { Hold, ReservationStore } from "./reservation-store.ts";
import type { SearchIndex } from "./search-index.ts";

/** What the use cases need; wired in app.ts. */
export type Deps = {
  products: ProductStore;
  reservations: ReservationStore;
  index: SearchIndex;
  verifier: Verifier;
  clock: Clock;
  log: Logger;
  reserve: Batcher<Wanted, Outcome>;
  hold: Batcher<Hold, undefined>;
  /** Call it after a statement that changed what search shows. Without it the indexer starts up to a second later. */
  kickIndexer(): void;
};
