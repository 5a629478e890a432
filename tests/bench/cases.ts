import type { CaseName } from "./adapter.ts";
import { caseNames } from "./case-names.mjs";

export type Case = {
  title: string;
  /** The case places orders, so the databases are read before and after it. */
  writes?: boolean;
  /** The default numbers of concurrent callers. */
  connections: readonly number[];
  /** A fixed number of concurrent requests for a product with less stock. */
  burst?: { requests: number; units: number };
};

const titles: Record<CaseName, string> = {
  product: "product(id), random product",
  "product-uncached": "product(id), without caches",
  products: "products × 1,000",
  orders: "orders × 500, viewer checked",
  order: "order(id) with lines, owner checked",
  "place-order": "placeOrder, 1 line",
  "place-order-hot": "placeOrder, the same product",
  oversell: "64 buyers, 50 units",
  search: "searchProducts, 2 words",
  suggest: "suggestProducts",
  "log-in": "login",
  mixed: "browse and buy",
};

const usual = [16, 64, 256];
/** Three times the number of callers that increases the throughput. */
export const overload = 768;
/** 1 connection measures the latency on an idle machine. */
const further: Partial<Record<CaseName, readonly number[]>> = {
  product: [...usual, overload],
  "product-uncached": [1, ...usual],
  "place-order": [1, ...usual, overload],
};

const writes: readonly CaseName[] = ["place-order", "place-order-hot", "oversell", "mixed"];

export const caseOf = (name: CaseName): Case => ({
  title: titles[name],
  connections: further[name] ?? usual,
  ...(writes.includes(name) && { writes: true }),
  ...(name === "oversell" && { connections: [64], burst: { requests: 64, units: 50 } }),
});

export const isCase = (name: string): name is CaseName => (caseNames as readonly string[]).includes(name);
