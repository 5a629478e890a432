import type { Store } from "../../support/store.ts";

/** Fills a service's migrated database with `size` rows. */
export type Fill = (query: Store["query"], size: number) => Promise<void>;
