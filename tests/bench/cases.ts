import type { CaseName } from "./adapter.ts";
import { caseNames } from "./case-names.mjs";

export type Case = {
  title: string;
  /** Places orders: the books are looked at before and after. */
  writes?: boolean;
  /** Callers at once, if nothing else is asked for. */
  connections: readonly number[];
  /** So many requests and no more, all at once, of a product of which there are fewer. */
  burst?: { requests: number; units: number };
};

const titles: Record<CaseName, string> = {
  product: "product(id), any of all",
  "product-uncached": "product(id), every cache off",
  products: "products × 1,000",
  orders: "orders × 500, viewer checked",
  order: "order(id) with lines, owner checked",
  "place-order": "placeOrder, 1 line",
  "place-order-hot": "placeOrder, all of one product",
  oversell: "64 buyers, 50 units",
  search: "searchProducts, 2 words",
  suggest: "suggestProducts",
  "log-in": "login",
  mixed: "browse and buy",
};

const usual = [16, 64, 256];
/** Three times more callers than do any good. */
export const overload = 768;
/** One is a caller on an idle machine. */
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
