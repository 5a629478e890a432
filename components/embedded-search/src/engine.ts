import { setImmediate as nextTurn } from "node:timers/promises";
import { ComponentError } from "@sidecart/pluggable/errors";
import type { SearchEngine, StoredDocument, WriteBatch, WriteOutcome } from "@sidecart/search/engine";
import type { BulkOperation, Request } from "@sidecart/search/requests";
import type { Logger } from "pino";
import type { DocumentStore } from "./document-store.ts";
import { toPage } from "./page.ts";
import { TextIndex } from "./text-index.ts";

// Small enough that the event loop can serve a Ping between two pages.
const rebuildPageSize = 500;

/** SQLite stores the documents; the text index is in memory. It is rebuilt at start, and calls wait for the rebuild. */
export class EmbeddedEngine implements SearchEngine {
  readonly #store: DocumentStore;
  readonly #texts = new Map<string, TextIndex>();
  readonly #ready: Promise<void>;
  #closing = false;

  constructor(store: DocumentStore, logger: Logger) {
    this.#store = store;
    this.#ready = this.#rebuild(logger);
    this.#ready.catch((error: unknown) => logger.error({ err: error }, "the rebuild of the text index failed"));
  }

  async createIndex(index: string): Promise<boolean> {
    await this.#ready;
    if (this.#store.aliasTarget(index) !== null)
      throw new ComponentError("FAILED_PRECONDITION", `index: "${index}" is an alias`);
    const created = this.#store.createIndex(index);
    if (created) this.#texts.set(index, new TextIndex());
    return created;
  }

  async deleteIndex(index: string): Promise<boolean> {
    await this.#ready;
    if (this.#store.aliasTarget(index) !== null)
      throw new ComponentError("FAILED_PRECONDITION", `index: "${index}" is an alias`);
    this.#texts.delete(index);
    return this.#store.deleteIndex(index);
  }

  async pointAlias(alias: string, index: string): Promise<void> {
    await this.#ready;
    if (this.#texts.has(alias)) throw new ComponentError("FAILED_PRECONDITION", `alias: "${alias}" is an index`);
    if (!this.#texts.has(index)) throw unknownIndex(index);
    this.#store.pointAlias(alias, index);
  }

  async resolveAlias(alias: string): Promise<string | null> {
    await this.#ready;
    return this.#store.aliasTarget(alias);
  }

  async write({ index, operations }: WriteBatch): Promise<WriteOutcome[]> {
    const { name, text } = await this.#resolve(index);
    const applied = this.#store.write(name, operations);
    return operations.map((operation, at) => {
      if (!applied[at]) return { id: operation.id, status: "stale" };
      return { id: operation.id, status: apply(text, operation) };
    });
  }

  async get(index: string, id: string): Promise<StoredDocument | null> {
    const { name } = await this.#resolve(index);
    return this.#store.get(name, id);
  }

  async count(index: string): Promise<number> {
    const { text } = await this.#resolve(index);
    return text.size;
  }

  async search(request: Request<"search">) {
    const { text } = await this.#resolve(request.index);
    return toPage(text.match(request.query), request);
  }

  async suggest({ index, prefix, first }: Request<"suggest">): Promise<string[]> {
    const { text } = await this.#resolve(index);
    const names = new Map<string, string>();
    for (const { facts } of text.matchNames(prefix)) {
      if (!names.has(facts.sortName)) names.set(facts.sortName, facts.name);
      if (names.size === first) break;
    }
    return [...names.values()];
  }

  async ping(): Promise<void> {
    await this.#ready;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#ready.catch(() => undefined);
    this.#store.close();
  }

  async #resolve(index: string): Promise<{ name: string; text: TextIndex }> {
    await this.#ready;
    const name = this.#texts.has(index) ? index : this.#store.aliasTarget(index);
    const text = name === null ? undefined : this.#texts.get(name);
    if (name === null || !text) throw unknownIndex(index);
    return { name, text };
  }

  async #rebuild(logger: Logger): Promise<void> {
    const startedAt = performance.now();
    let documents = 0;
    for (const index of this.#store.indexNames()) {
      const text = new TextIndex();
      this.#texts.set(index, text);
      for (const page of this.#store.pages(index, rebuildPageSize)) {
        for (const document of page) text.put(document);
        documents += page.length;
        await nextTurn();
        if (this.#closing) return;
      }
    }
    logger.info({ documents, durationMs: Math.round(performance.now() - startedAt) }, "the text index is ready");
  }
}

function apply(text: TextIndex, operation: BulkOperation): "indexed" | "deleted" {
  if (operation.op === "index") {
    text.put(operation.document);
    return "indexed";
  }
  text.remove(operation.id);
  return "deleted";
}

function unknownIndex(index: string): ComponentError {
  return new ComponentError("NOT_FOUND", `index: no such index or alias "${index}"`);
}
