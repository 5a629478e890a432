import type { Store } from "../../support/store.ts";

/** Fills a migrated database of a service with rows in number of `size`. */
export type Fill = (query: Store["query"], size: number) => Promise<void>;
