import { resolve } from "node:path";
import { optionError } from "@sidecart/pluggable/options";
import { searchBinding } from "@sidecart/search/binding";
import type { SearchEngine } from "@sidecart/search/engine";
import type { Logger } from "pino";
import { DocumentStore } from "./document-store.ts";
import { EmbeddedEngine } from "./engine.ts";
import { type EmbeddedSearchOptions, optionsSchema } from "./options.ts";

const inMemory = ":memory:";

/** Components with the same file share one engine, because its text index is in memory. */
const shared = new Map<string, { engine: EmbeddedEngine; users: number }>();

export const embeddedSearch = searchBinding({ name: "embedded-search", options: optionsSchema, open });

async function open({ path }: EmbeddedSearchOptions, logger: Logger): Promise<SearchEngine> {
  if (path === inMemory) return new EmbeddedEngine(new DocumentStore(path), logger);
  const file = resolve(path);
  const current = shared.get(file) ?? { engine: new EmbeddedEngine(openFile(file), logger), users: 0 };
  current.users += 1;
  shared.set(file, current);
  return withOwnClose(current.engine, async () => {
    current.users -= 1;
    if (current.users > 0) return;
    shared.delete(file);
    await current.engine.close();
  });
}

function openFile(file: string): DocumentStore {
  try {
    return new DocumentStore(file);
  } catch (error) {
    const locked = (error as { errcode?: number }).errcode === sqliteBusy;
    const reason = locked ? "is in use by another process" : "cannot be opened as a SQLite database";
    throw optionError("path", reason, error);
  }
}

const sqliteBusy = 5;

/** The shared engine with a separate `close`. */
function withOwnClose(engine: EmbeddedEngine, close: () => Promise<void>): SearchEngine {
  return {
    createIndex: (index) => engine.createIndex(index),
    deleteIndex: (index) => engine.deleteIndex(index),
    pointAlias: (alias, index) => engine.pointAlias(alias, index),
    resolveAlias: (alias) => engine.resolveAlias(alias),
    write: (batch) => engine.write(batch),
    get: (index, id) => engine.get(index, id),
    count: (index) => engine.count(index),
    search: (request) => engine.search(request),
    suggest: (request) => engine.suggest(request),
    ping: () => engine.ping(),
    close,
  };
}
