import { background } from "@sidecart/platform/rpc";
import { createEntries } from "../../cache/entries.ts";
import type { MaybePromise } from "../../cache/maybe-promise.ts";
import { budgetOf, bytesOfTexts } from "../../cache/memory-budget.ts";
import { createPages } from "../../cache/pages.ts";
import { type ResponseDependencies, trackDependencies } from "../../cache/response-dependencies.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import { type Listed, type PageInput, pageKey } from "../../calls/paging.ts";
import type { ServiceChange } from "../changes.ts";
import type { ApiProduct } from "./model.ts";
import type { ProductSource } from "./reads.ts";

const heapShare = { products: 0.12, pages: 0.03 };
/** All callers see the same lists. */
const everybody = { owner: "", caller: "" };

type Call = Pick<GatewayCall, "forService"> & { readonly dependencies?: ResponseDependencies | undefined };
export type ProductCache = {
  product(id: string, call: Call): MaybePromise<ApiProduct | null>;
  products(page: PageInput, call: Call): MaybePromise<Listed<ApiProduct>>;
  apply(change: ServiceChange): void;
};

/** Sets the stock where the change states it. After any other change the product is fetched again. */
function amend(product: ApiProduct | null, { stock, version }: ServiceChange): ApiProduct | undefined {
  if (!product || stock === undefined) return undefined;
  return version > product.version ? { ...product, stock, version } : product;
}

const bytesOfEmptyProduct = 700;
const bytesOfAttribute = 110;

/** An estimate, rather too high than too low; memory-budget.test.ts compares it with the heap. */
export function bytesOfProduct({ name, description, category, imageUrl, attributes }: ApiProduct): number {
  let bytes = bytesOfEmptyProduct + bytesOfTexts(name, description, category, imageUrl ?? "");
  for (const key in attributes) bytes += bytesOfAttribute + bytesOfTexts(key, attributes[key] ?? "");
  return bytes;
}

export type ProductCacheOptions = { source: ProductSource; maxAgeMs: number; timeoutMs: number };

/**
 * Caches products; single reads and pages share them. Concurrent callers share a fetch, so it carries no token and
 * continues when one caller disconnects.
 */
export function createProductCache({ source, maxAgeMs, timeoutMs }: ProductCacheOptions): ProductCache {
  if (maxAgeMs === 0) return uncached(source);
  const maxBytes = budgetOf(heapShare.products);
  const entries = createEntries<ApiProduct, ServiceChange>({
    name: "products",
    maxBytes,
    maxAgeMs,
    bytesOf: bytesOfProduct,
    cachesMissing: true,
    amend,
  });
  const touches = ({ inPlace }: ServiceChange) => !inPlace;
  const pages = createPages({ entries, maxBytes: budgetOf(heapShare.pages), maxAgeMs, touches });
  const fetchProduct = (id: string) => entries.fetch(id, id, async () => source.product(id, background(timeoutMs)));

  function product(id: string): MaybePromise<ApiProduct | null> {
    const cached = entries.get(id);
    if (cached === undefined) return fetchProduct(id);
    entries.refresh(id, fetchProduct);
    return cached;
  }

  function products(page: PageInput): MaybePromise<Listed<ApiProduct>> {
    const request = { ...everybody, page: pageKey(page) };
    return pages.rows(request, async () => source.products(page, background(timeoutMs)), fetchProduct);
  }

  return {
    product(given, { dependencies }) {
      const id = given.toLowerCase();
      return trackDependencies(dependencies, {
        read: () => product(id),
        rowsOf: (found) => [found],
        bytesOf: bytesOfProduct,
      });
    },
    products: (page, { dependencies }) =>
      trackDependencies(dependencies, {
        read: () => products(page),
        rowsOf: ({ nodes }) => nodes,
        restOf: ({ next }) => next,
        bytesOf: bytesOfProduct,
      }),
    apply(change) {
      entries.apply(change);
      if (touches(change)) pages.deleteOf(everybody.owner);
    },
  };
}

const uncached = ({ product, products }: ProductSource): ProductCache => ({
  product: (id, call) => product(id, call.forService()),
  products: (page, call) => products(page, call.forService()),
  apply() {},
});
