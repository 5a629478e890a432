import { background } from "@sidecart/platform/rpc";
import type { Paged } from "../batches.ts";
import type { ApiProduct } from "../product-resolvers.ts";
import type { Reads, Soon } from "../reads.ts";
import { type CacheOptions, type Change, createEntries } from "./entries.ts";
import type { Made } from "./made.ts";
import { createPages, nameOf } from "./pages.ts";
import { bytesIn, bytesOfNothing, bytesOfTexts } from "./room.ts";

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

/** Notes what an answer is made of, if it was there: `rows` of it. */
function noted<T>(made: Made | undefined, read: () => Soon<T>, rows: (found: T) => (ApiProduct | null)[]): Soon<T> {
  const found = read();
  if (!made) return found;
  if (found instanceof Promise) {
    made.fromElsewhere();
    return found;
  }
  const before = rows(found);
  made.from({
    stands() {
      const now = read();
      if (now instanceof Promise) {
        // who answers anew asks for it again, and is told
        now.catch(() => {});
        return false;
      }
      const after = rows(now);
      return after.length === before.length && after.every((row, at) => row === before[at]);
    },
    bytes: () => before.reduce((sum, row) => sum + (row ? bytesOfProduct(row) : bytesOfNothing), 0),
  });
  return found;
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

  function product(id: string): Soon<ApiProduct | null> {
    const known = entries.known(id);
    if (known === undefined) return fetchProduct(id);
    entries.prolong(id, fetchProduct);
    return known;
  }

  function products(page: Paged): Soon<ApiProduct[]> {
    const asked = { ...everybody, page: nameOf(page) };
    return pages.rows(asked, async () => reads.products(page, background(timeoutMs)), fetchProduct);
  }

  return {
    product(id, { made }) {
      const wanted = id.toLowerCase();
      return noted(
        made,
        () => product(wanted),
        (found) => [found],
      );
    },
    products: (page, { made }) =>
      noted(
        made,
        () => products(page),
        (rows) => rows,
      ),
    change(change) {
      entries.change(change);
      if (!change.onlyStock) pages.drop(everybody.owner);
    },
  };
}
