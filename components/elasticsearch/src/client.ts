import { readFile } from "node:fs/promises";
import { Client, errors } from "@elastic/elasticsearch";
import { ComponentError } from "@sidecart/pluggable/errors";
import { optionError } from "@sidecart/pluggable/options";
import type { ElasticsearchOptions } from "./options.ts";

/** A client that tries each node once per request. Retries belong to the caller's resiliency policy. */
export async function createClient(options: ElasticsearchOptions): Promise<Client> {
  const { url, username, password, apiKey, caPath, requestTimeoutMs } = options;
  return new Client({
    nodes: url,
    requestTimeout: requestTimeoutMs,
    maxRetries: url.length - 1,
    ...(apiKey && { auth: { apiKey } }),
    ...(username && password && { auth: { username, password } }),
    ...(caPath && { tls: { ca: await readCa(caPath) } }),
  });
}

async function readCa(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw optionError("caPath", "cannot be read", error);
  }
}

/** Elasticsearch's error type, such as "index_not_found_exception"; undefined for errors of other origin. */
export function errorType(error: unknown): string | undefined {
  if (!(error instanceof errors.ResponseError)) return undefined;
  return (error.body as { error?: { type?: string } } | undefined)?.error?.type;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.statusCode === 404;
}

/** Awaits one request and translates its error to an error code of the search contract. */
export async function translateErrors<Response>(request: Promise<Response>): Promise<Response> {
  try {
    return await request;
  } catch (error) {
    throw toComponentError(error);
  }
}

function toComponentError(error: unknown): unknown {
  if (error instanceof errors.RequestAbortedError) {
    return new ComponentError("CANCELLED", "the call was cancelled", { cause: error });
  }
  if (error instanceof errors.TimeoutError) {
    return new ComponentError("DEADLINE_EXCEEDED", "Elasticsearch did not respond in time", { cause: error });
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    return new ComponentError("UNAVAILABLE", "Elasticsearch cannot be reached", { cause: error });
  }
  if (!(error instanceof errors.ResponseError)) return error;
  if (errorType(error) === "index_not_found_exception") {
    return new ComponentError("NOT_FOUND", "index: no such index or alias", { cause: error });
  }
  return statusError(error.statusCode ?? 0, error) ?? error;
}

/** The error for an HTTP status whose cause is the cluster and not the request; undefined for other statuses. */
export function statusError(status: number, cause?: unknown): ComponentError | undefined {
  if (status === 401 || status === 403) {
    return new ComponentError("FAILED_PRECONDITION", "Elasticsearch rejects the component's credentials", { cause });
  }
  if (status === 429) return new ComponentError("RESOURCE_EXHAUSTED", "Elasticsearch is overloaded", { cause });
  if (status === 502 || status === 503 || status === 504) {
    return new ComponentError("UNAVAILABLE", "Elasticsearch is not ready", { cause });
  }
  return undefined;
}
