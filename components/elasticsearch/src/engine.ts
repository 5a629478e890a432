import type { Client } from "@elastic/elasticsearch";
import type { SearchDocument } from "@sidecart/search/document";
import type { SearchEngine, SearchPage, StoredDocument, WriteBatch, WriteOutcome } from "@sidecart/search/engine";
import type { Request } from "@sidecart/search/requests";
import { errorType, isNotFound, translateErrors } from "./client.ts";
import { Indexes } from "./indexes.ts";
import { createNames, type Names } from "./names.ts";
import type { ElasticsearchOptions } from "./options.ts";
import { search, suggest } from "./search.ts";
import { write } from "./writes.ts";

export class ElasticsearchEngine implements SearchEngine {
  readonly #client: Client;
  readonly #names: Names;
  readonly #indexes: Indexes;
  readonly #timeoutMs: number;

  constructor(client: Client, options: ElasticsearchOptions) {
    this.#client = client;
    this.#names = createNames(options.indexPrefix);
    this.#indexes = new Indexes(client, this.#names, options);
    this.#timeoutMs = options.requestTimeoutMs;
  }

  createIndex(index: string, signal: AbortSignal): Promise<boolean> {
    return this.#indexes.create(index, signal);
  }

  deleteIndex(index: string, signal: AbortSignal): Promise<boolean> {
    return this.#indexes.delete(index, signal);
  }

  pointAlias(alias: string, index: string, signal: AbortSignal): Promise<void> {
    return this.#indexes.pointAlias(alias, index, signal);
  }

  resolveAlias(alias: string, signal: AbortSignal): Promise<string | null> {
    return this.#indexes.resolveAlias(alias, signal);
  }

  write({ index, operations, refresh }: WriteBatch, signal: AbortSignal): Promise<WriteOutcome[]> {
    const target = this.#names.target(index);
    return write(this.#client, operations, { target, refresh, timeoutMs: this.#timeoutMs, signal });
  }

  async get(index: string, id: string, signal: AbortSignal): Promise<StoredDocument | null> {
    const request = { index: this.#names.target(index), id };
    try {
      const { _source, _version } = await this.#client.get<{ document?: SearchDocument }>(request, { signal });
      return _source?.document && _version !== undefined ? { document: _source.document, version: _version } : null;
    } catch (error) {
      // Only a missing index has an error type. A missing document is a normal response with status 404.
      if (isNotFound(error) && errorType(error) === undefined) return null;
      return translateErrors(Promise.reject(error));
    }
  }

  async count(index: string, signal: AbortSignal): Promise<number> {
    const request = { index: this.#names.target(index), query: { term: { live: true } } };
    return (await translateErrors(this.#client.count(request, { signal }))).count;
  }

  search(request: Request<"search">, signal: AbortSignal): Promise<SearchPage> {
    return search(this.#client, this.#names.target(request.index), request, signal);
  }

  suggest(request: Request<"suggest">, signal: AbortSignal): Promise<string[]> {
    return suggest(this.#client, this.#names.target(request.index), request, signal);
  }

  async ping(): Promise<void> {
    await translateErrors(this.#client.cluster.health());
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
