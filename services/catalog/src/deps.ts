import type { Clock } from "@sidecart/platform/ids";
import type { Verifier } from "@sidecart/platform/tokens";
import type { ProductStore } from "./product-store.ts";
import type { ReservationStore } from "./reservation-store.ts";
import type { SearchIndex } from "./search-index.ts";

/** What the use cases work with; wired in app.ts. */
export type Deps = {
  products: ProductStore;
  reservations: ReservationStore;
  index: SearchIndex;
  verifier: Verifier;
  clock: Clock;
  /** To be called after a statement that wrote outbox rows. */
  kickOutbox(): void;
};
