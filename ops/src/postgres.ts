import pRetry from "p-retry";
import pg from "pg";
import { z } from "zod";

const connectMs = 5_000;
const retryDelayMs = 1_000;
const logEveryMs = 10_000;

/** Errors that a retry may fix: no address, no listener, or a server that is starting or stopping (SQLSTATE). */
const transientCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "57P01",
  "57P03",
]);

/** The address of a database. A text such as `user:password` is a URL too, but none of PostgreSQL. */
export const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a URL of the form postgres://…" });

export type RetrySettings = {
  /** How long to wait for a server that is not available yet. */
  seconds: number;
  log(line: string): void;
};

/** Connects to a server that may still be starting. Throws at once what a retry cannot fix, such as a wrong password. */
export async function connectWithRetry(url: string, { seconds, log }: RetrySettings): Promise<pg.Client> {
  const end = Date.now() + seconds * 1_000;
  const { host } = new URL(url);
  let loggedAt = 0;
  return pRetry(() => connect(url), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: retryDelayMs,
    factor: 1,
    shouldRetry({ error }) {
      if (!isTransient(error)) return false;
      if (Date.now() >= end) {
        throw new Error(`PostgreSQL at ${host} did not respond within ${seconds} s: ${reason(error)}`, {
          cause: error,
        });
      }
      if (Date.now() - loggedAt >= logEveryMs) {
        log(`waiting for PostgreSQL at ${host}: ${reason(error)}`);
        loggedAt = Date.now();
      }
      return true;
    },
  });
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

function isTransient(error: unknown): boolean {
  const one = first(error);
  // pg reports a timeout and a closed connection only in the message.
  return transientCodes.has(String(one.code)) || /timeout|terminated unexpectedly/.test(one.message ?? "");
}

const reason = (error: unknown) => first(error).message ?? String(error);

/** A host name with several addresses fails with one error per address. */
function first(error: unknown): { code?: string; message?: string } {
  return error instanceof AggregateError ? error.errors[0] : (error as Error);
}

/** Runs `work` while it holds an advisory lock of the server. Waits at most `seconds` for the lock. */
export async function withAdvisoryLock<T>(
  client: pg.Client,
  lock: string,
  seconds: number,
  work: () => Promise<T>,
): Promise<T> {
  await client.query(`set lock_timeout = ${seconds * 1_000}`);
  await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [lock]);
  try {
    return await work();
  } finally {
    await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [lock]).catch(() => {});
  }
}
