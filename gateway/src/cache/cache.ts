import type { Verifier } from "@sidecart/platform/rpc";
import type { Reads } from "../reads.ts";
import type { Follower } from "../subscriptions.ts";
import type { CacheOptions } from "./entries.ts";
import { createOrderCache } from "./orders.ts";
import { createProductCache } from "./products.ts";

export type Cache = Reads &
  Follower & {
    /** What somebody changed here is forgotten before they are answered. */
    productChanged(id: string): void;
    stockChanged(id: string): void;
    orderChanged(id: string, account: string): void;
  };

/** Newer than whatever is kept. */
const latest = Number.POSITIVE_INFINITY;

export type Options = CacheOptions & { verifier: Verifier };

/** Answers reads from memory, and forgets what changed. With `maxAgeMs` 0 it asks each time. */
export function createCache({ reads, verifier, maxAgeMs, timeoutMs }: Options): Cache {
  if (maxAgeMs === 0) return { ...reads, apply() {}, productChanged() {}, stockChanged() {}, orderChanged() {} };
  const products = createProductCache({ reads, maxAgeMs, timeoutMs });
  const orders = createOrderCache({ reads, maxAgeMs, timeoutMs, verifier });
  const services = { catalog: products, orders };
  return {
    ...products,
    ...orders,
    apply(service, changes) {
      for (const { stock, ...change } of changes) {
        const onlyStock = stock === undefined ? undefined : { now: stock };
        services[service].change({ ...change, onlyStock });
      }
    },
    productChanged: (id) => products.change({ id: id.toLowerCase(), owner: "", version: latest }),
    stockChanged: (id) => products.change({ id: id.toLowerCase(), owner: "", version: latest, onlyStock: {} }),
    orderChanged: (id, owner) => orders.change({ id, owner, version: latest }),
  };
}
