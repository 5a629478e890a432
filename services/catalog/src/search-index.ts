import type { CallContext } from "@sidecart/platform/call";
import { AppError, commonErrors } from "@sidecart/platform/errors";
import type { Sidecar } from "@sidecart/platform/sidecar";

const component = "search";
/** The name searches go to; it points at the live index. */
export const alias = "products";

export type IndexOperation =
  | { op: "index"; id: string; version: number; document: object }
  | { op: "delete"; id: string; version: number };

export type SearchQuery = {
  query: string;
  filter: {
    categories?: string[];
    partnerId?: string;
    priceFrom?: number;
    priceTo?: number;
    currency?: string;
    inStock?: boolean;
  };
  sort: "relevance" | "price-asc" | "price-desc" | "newest" | "name";
  first: number;
  after?: string;
  facets: boolean;
};

export type SearchResult = {
  ids: string[];
  total: number;
  cursor: string | null;
  facets: { field: string; values: { value: string; count: number }[] }[];
};

type ItemResult = { id: string; status: "indexed" | "deleted" | "stale" | "failed"; error?: string };

export type SearchIndex = ReturnType<typeof createSearchIndex>;

/** The search component, whichever engine stands behind it; the operations are described in components/search. */
export function createSearchIndex(sidecar: Sidecar) {
  async function run<T>(operation: string, request: object, context: CallContext): Promise<T> {
    const data = Buffer.from(JSON.stringify(request));
    try {
      const answer = await sidecar.invokeBinding(component, operation, {}, data, context);
      return JSON.parse(Buffer.from(answer).toString("utf8")) as T;
    } catch (cause) {
      throw toSearchError(cause);
    }
  }
  return {
    search: (query: SearchQuery, context: CallContext) =>
      run<SearchResult>("search", { index: alias, ...query }, context),
    async suggest(prefix: string, first: number, context: CallContext): Promise<string[]> {
      const answer = await run<{ suggestions: string[] }>("suggest", { index: alias, prefix, first }, context);
      return answer.suggestions;
    },
    /** Older versions never overwrite newer ones. An operation that failed fails the whole, to be tried again. */
    async write(index: string, operations: IndexOperation[], context: CallContext): Promise<void> {
      const { items } = await run<{ items: ItemResult[] }>("bulk", { index, operations, refresh: true }, context);
      const failed = items.find((item) => item.status === "failed");
      if (failed) throw new Error(`search index ${index}: ${failed.id}: ${failed.error}`);
    },
    createIndex: (index: string, context: CallContext) => run("create-index", { index }, context),
    deleteIndex: (index: string, context: CallContext) => run("delete-index", { index }, context),
    pointAlias: (index: string, context: CallContext) => run("alias", { alias, index }, context),
  };
}

/** The sidecar answers INTERNAL for whatever a binding refuses: the component's own status stands in the text. */
function toSearchError(cause: unknown): AppError {
  const text = cause instanceof Error ? cause.message : "";
  const refused = /code = InvalidArgument desc = ([^"]*)/.exec(text)?.[1];
  return refused
    ? new AppError(commonErrors.invalid, { message: refused, cause })
    : new AppError(commonErrors.unavailable, { message: "Search is not reachable. Try again.", cause });
}
