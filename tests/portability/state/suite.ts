import type { Test } from "tap";
import { type StoreName, type Stores, startStores } from "./stores.ts";
import { entryTests } from "./tests/entries.ts";
import { etagTests } from "./tests/etags.ts";
import { figureTests } from "./tests/figures.ts";
import { isolationTests } from "./tests/isolation.ts";
import { outageTests } from "./tests/outage.ts";
import { timeTests } from "./tests/time.ts";
import { transactionTests } from "./tests/transactions.ts";

const parts: Record<string, (t: Test, stores: Stores) => Promise<void>> = {
  entries: entryTests,
  etags: etagTests,
  "time to live": timeTests,
  transactions: transactionTests,
  isolation: isolationTests,
  outage: outageTests,
  figures: figureTests,
};

/** The guarantees of every state store, through the sidecars of the real system. */
export async function stateSuite(t: Test, store: StoreName): Promise<void> {
  const stores = await startStores(t, store);
  for (const [name, part] of Object.entries(parts)) await t.test(name, (t) => part(t, stores));
}
