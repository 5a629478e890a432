import type { CallContext, Sidecar } from "@sidecart/platform/rpc";
import { AppError, badFields, commonErrors } from "@sidecart/platform/rpc";

const component = "search";
/** The alias that searches use. It points to the live index. */
const alias = "products";

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
  /** Whether to return the cursor of each hit. */
  cursors: boolean;
  facets: boolean;
};

export type SearchResult = {
  ids: string[];
  total: number;
  cursor: string | null;
  cursors: string[];
  facets: { field: string; values: { value: string; count: number }[] }[];
};

type ItemResult = { id: string; status: "indexed" | "deleted" | "stale" | "failed"; error?: string };

export type SearchIndex = ReturnType<typeof createSearchIndex>;

/** The search component, for any engine. Its operations are described in components/search. */
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
    async search(query: SearchQuery, context: CallContext): Promise<SearchResult> {
      const found = await run<SearchResult | { refused: string }>("search", { index: alias, ...query }, context);
      if ("refused" in found) throw refused(found.refused);
      return found;
    },
    async suggest(prefix: string, first: number, context: CallContext): Promise<string[]> {
      const answer = await run<{ suggestions: string[] }>("suggest", { index: alias, prefix, first }, context);
      return answer.suggestions;
    },
    /**
     * An older version never overwrites a newer one. Returns the operations that the engine refused permanently, by id,
     * with the reason; the others are written. With `refresh` searches see the result at once, which costs an engine
     * more than the write itself.
     */
    async write(index: string, operations: IndexOperation[], refresh: boolean, context: CallContext) {
      const { items } = await run<{ items: ItemResult[] }>("bulk", { index, operations, refresh }, context);
      return new Map(
        items.flatMap(({ id, status, error }) => (status === "failed" ? [[id, error ?? ""] as const] : [])),
      );
    },
    createIndex: (index: string, context: CallContext) => run("create-index", { index }, context),
    deleteIndex: (index: string, context: CallContext) => run("delete-index", { index }, context),
    /** False when there is no such index. */
    async pointAlias(index: string, context: CallContext): Promise<boolean> {
      try {
        await run("alias", { alias, index }, context);
        return true;
      } catch (error) {
        if (componentStatus(error instanceof Error ? error.cause : error)?.code === "NotFound") return false;
        throw error;
      }
    },
    /** The index that searches use, if any. */
    async resolveAlias(context: CallContext): Promise<string | null> {
      return (await run<{ index: string | null }>("resolve-alias", { alias }, context)).index;
    },
  };
}

/** The sidecar returns INTERNAL for every error of a binding. The component's own status is in the message. */
function componentStatus(cause: unknown): { code: string; description: string } | undefined {
  const [, code, description] = /code = (InvalidArgument|NotFound) desc = ([^"]*)/.exec(String(cause)) ?? [];
  return code === undefined ? undefined : { code, description: description ?? "" };
}

/** What a component refuses has the form `field: problem`. */
function refused(description: string): AppError {
  const [, field = "", problem = description] = /^(\w+): (.*)$/s.exec(description) ?? [];
  return badFields([{ field, problem }]);
}

function toSearchError(cause: unknown): AppError {
  const status = componentStatus(cause);
  return status?.code === "InvalidArgument"
    ? refused(status.description)
    : new AppError(commonErrors.unavailable, { message: "Search is not reachable. Try again.", cause });
}
