import type { SearchDocument } from "./document.ts";
import type { Facet } from "./facets.ts";
import type { BulkOperation, Request } from "./requests.ts";

type WriteStatus = "indexed" | "deleted" | "stale" | "failed";
export type WriteOutcome = { id: string; status: WriteStatus; error?: string };
export type StoredDocument = { document: SearchDocument; version: number };
export type SearchPage = {
  ids: string[];
  total: number;
  /** The `after` of the next page; null on the last page. */
  cursor: string | null;
  /** The `after` of a page behind each hit, if requested. */
  cursors: string[];
  facets: Facet[];
};

export type WriteBatch = { index: string; operations: readonly BulkOperation[]; refresh: boolean };

/**
 * The interface of a search engine. Requests are already validated. `index` may be an index or an alias, except in
 * `createIndex` and `deleteIndex`. A method throws NOT_FOUND for an unknown index, and UNAVAILABLE while the engine is
 * unavailable.
 */
export type SearchEngine = {
  /** Returns false when the index already exists; throws FAILED_PRECONDITION when the name is an alias. */
  createIndex(index: string, signal: AbortSignal): Promise<boolean>;
  /** Also deletes the aliases that point at the index. Returns false when the index does not exist. */
  deleteIndex(index: string, signal: AbortSignal): Promise<boolean>;
  /** Atomic: a reader sees either the old index or the new one. */
  pointAlias(alias: string, index: string, signal: AbortSignal): Promise<void>;
  resolveAlias(alias: string, signal: AbortSignal): Promise<string | null>;
  /** Applies the operations in order and returns one outcome for each. A delete leaves a tombstone with its version. */
  write(batch: WriteBatch, signal: AbortSignal): Promise<WriteOutcome[]>;
  get(index: string, id: string, signal: AbortSignal): Promise<StoredDocument | null>;
  count(index: string, signal: AbortSignal): Promise<number>;
  search(request: Request<"search">, signal: AbortSignal): Promise<SearchPage>;
  suggest(request: Request<"suggest">, signal: AbortSignal): Promise<string[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
};
