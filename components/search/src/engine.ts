import type { SearchDocument } from "./document.ts";
import type { Facet } from "./facets.ts";
import type { BulkOperation, Request } from "./requests.ts";

type WriteStatus = "indexed" | "deleted" | "stale" | "failed";
export type WriteOutcome = { id: string; status: WriteStatus; error?: string };
export type StoredDocument = { document: SearchDocument; version: number };
export type SearchPage = { ids: string[]; total: number; cursor: string | null; facets: Facet[] };

export type WriteBatch = { index: string; operations: readonly BulkOperation[]; refresh: boolean };

/**
 * What an engine does behind the contract; requests arrive checked. `index` may name an index or an alias, except where
 * an index is created or deleted; an unknown one is NOT_FOUND. Unavailable engines throw UNAVAILABLE.
 */
export type SearchEngine = {
  /** False when it existed already; FAILED_PRECONDITION when the name is an alias. */
  createIndex(index: string, signal: AbortSignal): Promise<boolean>;
  /** False when there was none; aliases that pointed at it are gone too. */
  deleteIndex(index: string, signal: AbortSignal): Promise<boolean>;
  /** In one step, so that a reader sees either the old index or the new one. */
  pointAlias(alias: string, index: string, signal: AbortSignal): Promise<void>;
  resolveAlias(alias: string, signal: AbortSignal): Promise<string | null>;
  /** Applies the operations in order and answers one outcome for each. A delete is remembered with its version. */
  write(batch: WriteBatch, signal: AbortSignal): Promise<WriteOutcome[]>;
  get(index: string, id: string, signal: AbortSignal): Promise<StoredDocument | null>;
  count(index: string, signal: AbortSignal): Promise<number>;
  search(request: Request<"search">, signal: AbortSignal): Promise<SearchPage>;
  suggest(request: Request<"suggest">, signal: AbortSignal): Promise<string[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
};
