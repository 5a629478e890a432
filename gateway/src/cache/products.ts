import { background } from "@sidecart/platform/call";
import type { ApiProduct } from "../product-resolvers.ts";
import type { Reads } from "../reads.ts";
import { type CacheOptions, type Change, createEntries } from "./entries.ts";
import { createPages } from "./pages.ts";
import { bytesIn, bytesOfTexts } from "./room.ts";

const shareOfHeap = { products: 0.12, pages: 0.03 };
/** Everybody sees the same list. */
const everybody = { owner: "", asker: "" };

export type ProductCache = Pick<Reads, "product" | "products"> & { change(change: Change): void };

/** Where the stock is known after a change of it, it is set; after any other, the product is fetched. */
function amend(product: ApiProduct | null, { onlyStock, version }: Change): ApiProduct | undefined {
  const stock = onlyStock?.now;
  if (!product || stock === undefined) return undefined;
  return version > product.version ? { ...product, stock, version } : product;
}

const bytesOfEmptyProduct = 700;
const bytesOfAttribute = 110;

/** About what a product takes, rather more than less; measured in room.test.ts. */
export function bytesOfProduct({ name, description, category, imageUrl, attributes }: ApiProduct): number {
  let bytes = bytesOfEmptyProduct + bytesOfTexts(name, description, category, imageUrl ?? "");
  for (const key in attributes) bytes += bytesOfAttribute + bytesOfTexts(key, attributes[key] ?? "");
  return bytes;
}

/**
 * Products, which single reads and pages share. What is fetched is for everybody who asks meanwhile: it carries nobody's
 * token, and does not end when one of them leaves.
 */
export function createProductCache({ reads, maxAgeMs, timeoutMs }: CacheOptions): ProductCache {
  const maxBytes = bytesIn(shareOfHeap.products);
  const entries = createEntries({
    name: "products",
    maxBytes,
    maxAgeMs,
    bytesOf: bytesOfProduct,
    keepsMissing: true,
    amend,
  });
  const touches = ({ onlyStock }: Change) => !onlyStock;
  const pages = createPages({ entries, maxBytes: bytesIn(shareOfHeap.pages), maxAgeMs, touches });
  const fetchProduct = (id: string) => entries.fetch(id, id, async () => reads.product(id, background(timeoutMs)));
  return {
    product(id) {
      const wanted = id.toLowerCase();
      const known = entries.known(wanted);
      if (known === undefined) return fetchProduct(wanted);
      entries.prolong(wanted, fetchProduct);
      return known;
    },
    products(page) {
      const asked = { ...everybody, page: `${page.first} ${page.after}` };
      return pages.rows(asked, async () => reads.products(page, background(timeoutMs)), fetchProduct);
    },
    change(change) {
      entries.change(change);
      if (!change.onlyStock) pages.drop(everybody.owner);
    },
  };
}
