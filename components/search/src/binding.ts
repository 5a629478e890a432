import { ComponentError } from "@sidecart/pluggable/errors";
import { type BindingInstance, type OutputBinding, outputBinding } from "@sidecart/pluggable/output-binding";
import type { Logger } from "pino";
import type { z } from "zod";
import { cursorProblem } from "./cursor.ts";
import type { SearchEngine, WriteOutcome } from "./engine.ts";
import { describe, parseRequest } from "./parse.ts";
import { type BulkOperation, bulkOperationSchema, type Operation, operations, type Request } from "./requests.ts";

type SearchBindingSettings<Options> = {
  name: string;
  options: z.ZodType<Options>;
  open(options: Options, logger: Logger): Promise<SearchEngine>;
};

/** Serves a search engine as a Dapr output binding with the operations of the search contract. */
export function searchBinding<Options>(settings: SearchBindingSettings<Options>): OutputBinding<Options> {
  return outputBinding({
    name: settings.name,
    operations,
    options: settings.options,
    open: async (options, { logger }) => toInstance(await settings.open(options, logger)),
  });
}

function toInstance(engine: SearchEngine): BindingInstance {
  return {
    invoke: async (operation, data, signal) => {
      const response = await handlers[operation as Operation](engine, data, signal);
      return Buffer.from(JSON.stringify(response));
    },
    ping: () => engine.ping(),
    close: () => engine.close(),
  };
}

type Handler = (engine: SearchEngine, data: Uint8Array, signal: AbortSignal) => Promise<unknown>;

function handler<Name extends Operation>(
  operation: Name,
  handle: (engine: SearchEngine, request: Request<Name>, signal: AbortSignal) => Promise<unknown>,
): Handler {
  return (engine, data, signal) => handle(engine, parseRequest(operation, data), signal);
}

const handlers: Record<Operation, Handler> = {
  "create-index": handler("create-index", async (engine, { index }, signal) => ({
    created: await engine.createIndex(index, signal),
  })),
  "delete-index": handler("delete-index", async (engine, { index }, signal) => ({
    deleted: await engine.deleteIndex(index, signal),
  })),
  alias: handler("alias", async (engine, { alias, index }, signal) => {
    await engine.pointAlias(alias, index, signal);
    return { alias, index };
  }),
  "resolve-alias": handler("resolve-alias", async (engine, { alias }, signal) => ({
    index: await engine.resolveAlias(alias, signal),
  })),
  index: handler("index", (engine, { index, refresh, ...write }, signal) =>
    writeOne(engine, { index, refresh, operation: { op: "index", ...write } }, signal),
  ),
  delete: handler("delete", (engine, { index, refresh, ...write }, signal) =>
    writeOne(engine, { index, refresh, operation: { op: "delete", ...write } }, signal),
  ),
  bulk: handler("bulk", async (engine, request, signal) => ({ items: await writeMany(engine, request, signal) })),
  get: handler("get", (engine, { index, id }, signal) => engine.get(index, id, signal)),
  count: handler("count", async (engine, { index }, signal) => ({ count: await engine.count(index, signal) })),
  search: handler("search", async (engine, request, signal) => {
    // A caller's mistake is an outcome: a sidecar counts an error as a failure of the component, which alerts.
    const refused = cursorProblem(request);
    return refused === undefined ? engine.search(request, signal) : { refused };
  }),
  suggest: handler("suggest", async (engine, request, signal) => ({
    suggestions: await engine.suggest(request, signal),
  })),
};

type SingleWrite = { index: string; refresh: boolean; operation: BulkOperation };

async function writeOne(engine: SearchEngine, write: SingleWrite, signal: AbortSignal): Promise<WriteOutcome> {
  const { index, refresh, operation } = write;
  const [outcome] = await engine.write({ index, refresh, operations: [operation] }, signal);
  if (outcome && outcome.status !== "failed") return outcome;
  throw new ComponentError("INTERNAL", outcome?.error ?? "the engine returned no outcome");
}

/** An invalid operation fails alone; the other operations are written. Outcomes have the order of the operations. */
async function writeMany(engine: SearchEngine, request: Request<"bulk">, signal: AbortSignal): Promise<WriteOutcome[]> {
  const outcomes = new Map<number, WriteOutcome>();
  const valid: { at: number; operation: BulkOperation }[] = [];
  request.operations.forEach((candidate, at) => {
    const result = bulkOperationSchema.safeParse(candidate);
    if (result.success) valid.push({ at, operation: result.data });
    else outcomes.set(at, { id: candidate.id, status: "failed", error: describe(result.error) });
  });
  const { index, refresh } = request;
  const written = await engine.write({ index, refresh, operations: valid.map(({ operation }) => operation) }, signal);
  valid.forEach(({ at, operation }, order) => {
    outcomes.set(at, written[order] ?? { id: operation.id, status: "failed", error: "the engine returned no outcome" });
  });
  return request.operations.map((candidate, at) => outcomes.get(at) ?? { id: candidate.id, status: "failed" });
}
