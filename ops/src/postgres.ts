import pRetry from "p-retry";
import pg from "pg";

const connectMs = 5_000;
const pauseMs = 1_000;
const tellMs = 10_000;

/** Nobody answers there yet: no address, no listener, or a server that is starting or stopping (SQLSTATE). */
const notThereYet = new Set([
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

export type Patience = {
  /** How long a server that is not there yet is waited for. */
  seconds: number;
  tell(line: string): void;
};

/** Connects to a server that may only be starting. What another try does not change, such as a wrong password, is thrown at once. */
export async function connectPatiently(url: string, { seconds, tell }: Patience): Promise<pg.Client> {
  const end = Date.now() + seconds * 1_000;
  const { host } = new URL(url);
  let told = 0;
  return pRetry(() => connect(url), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: pauseMs,
    factor: 1,
    shouldRetry({ error }) {
      if (!mayCome(error)) return false;
      if (Date.now() >= end) {
        throw new Error(`PostgreSQL at ${host} did not answer within ${seconds} s: ${reason(error)}`, { cause: error });
      }
      if (Date.now() - told >= tellMs) {
        tell(`waiting for PostgreSQL at ${host}: ${reason(error)}`);
        told = Date.now();
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

function mayCome(error: unknown): boolean {
  const one = first(error);
  // What pg says when the server does not answer in time, or goes while it is talked to.
  return notThereYet.has(String(one.code)) || /timeout|terminated unexpectedly/.test(one.message ?? "");
}

const reason = (error: unknown) => first(error).message ?? String(error);

/** A name with several addresses fails once for each. */
function first(error: unknown): { code?: string; message?: string } {
  return error instanceof AggregateError ? error.errors[0] : (error as Error);
}

/** Runs `work` while no other holds the same lock on the server; the others wait, `seconds` at most. */
export async function alone<T>(client: pg.Client, lock: string, seconds: number, work: () => Promise<T>): Promise<T> {
  await client.query(`set lock_timeout = ${seconds * 1_000}`);
  await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [lock]);
  try {
    return await work();
  } finally {
    await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [lock]).catch(() => {});
  }
}
