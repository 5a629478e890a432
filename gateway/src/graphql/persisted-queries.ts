import { hash } from "node:crypto";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { gatewayErrors } from "../errors.ts";
import type { GraphqlRequest } from "./graphql-request.ts";

const persistedQuery = z.object({ version: z.literal(1), sha256Hash: z.string() });

export type PersistedQueries = {
  /** The request's query text, also of a request that has only the hash. */
  textOf(request: GraphqlRequest): string;
  /** Stores the text of a request that has both, for later requests with the hash alone. */
  store(request: GraphqlRequest): void;
};

/**
 * Apollo's automatic persisted queries: clients send a query with its hash once, and later only the hash. The least
 * recently used texts are evicted.
 */
export function createPersistedQueries(max: number): PersistedQueries {
  const texts = new LRUCache<string, string>({ max });
  return {
    textOf({ query, extensions }) {
      const sha256Hash = hashIn(extensions);
      if (query && (sha256Hash === undefined || sha256Hash === hash("sha256", query))) return query;
      if (query) throw new AppError(commonErrors.invalid, { message: "extensions.persistedQuery: is another query's" });
      const text = texts.get(sha256Hash ?? "");
      if (text === undefined) throw new AppError(gatewayErrors.persistedQueryNotFound);
      return text;
    },
    store({ query, extensions }) {
      const sha256Hash = query && hashIn(extensions);
      if (query && sha256Hash) texts.set(sha256Hash, query);
    },
  };
}

function hashIn(extensions: GraphqlRequest["extensions"]): string | undefined {
  if (extensions?.persistedQuery == null) return undefined;
  const parsed = persistedQuery.safeParse(extensions.persistedQuery);
  if (parsed.success) return parsed.data.sha256Hash;
  throw new AppError(commonErrors.invalid, {
    message: "extensions.persistedQuery: must have version 1 and a sha256Hash",
  });
}
