import type { Client, estypes } from "@elastic/elasticsearch";
import { ComponentError } from "@sidecart/pluggable/errors";
import type { WriteOutcome } from "@sidecart/search/engine";
import type { BulkOperation } from "@sidecart/search/requests";
import { statusError, translateErrors } from "./client.ts";
import { toEntry, tombstone } from "./mapping.ts";

type WriteSettings = { target: string; refresh: boolean; timeoutMs: number; signal: AbortSignal };

/** Sends the operations as one bulk request. With `refresh` it resolves when searches see the writes. */
export async function write(
  client: Client,
  operations: readonly BulkOperation[],
  { target, refresh, timeoutMs, signal }: WriteSettings,
): Promise<WriteOutcome[]> {
  if (operations.length === 0) return [];
  const lines = operations.flatMap((operation) => [
    { index: { _id: operation.id, version: operation.version, version_type: "external" as const } },
    operation.op === "index" ? toEntry(operation.document) : tombstone,
  ]);
  const request = {
    index: target,
    require_alias: true,
    refresh: refresh ? ("wait_for" as const) : false,
    timeout: `${timeoutMs}ms`,
    operations: lines,
  };
  const { items } = await translateErrors(client.bulk(request, { signal }));
  const results = items.map((item) => item.index);
  throwIfAllFailed(results);
  return operations.map((operation, at) => toOutcome(operation, results[at]));
}

function toOutcome({ op, id }: BulkOperation, result: estypes.BulkResponseItem | undefined): WriteOutcome {
  if (!result) return { id, status: "failed", error: "Elasticsearch returned no outcome" };
  if (result.status < 300) return { id, status: op === "index" ? "indexed" : "deleted" };
  if (result.status === 409) return { id, status: "stale" };
  const transient = statusError(result.status)?.message;
  return { id, status: "failed", error: transient ?? `Elasticsearch rejected it: ${result.error?.type}` };
}

/** A missing index, or a cluster that accepted no operation, fails the whole call and not its single items. */
function throwIfAllFailed(results: (estypes.BulkResponseItem | undefined)[]): void {
  if (results.some((result) => result?.error?.type === "index_not_found_exception")) {
    throw new ComponentError("NOT_FOUND", "index: no such index or alias");
  }
  const problems = results.map((result) => statusError(result?.status ?? 0));
  if (problems[0] && problems.every(Boolean)) throw problems[0];
}
