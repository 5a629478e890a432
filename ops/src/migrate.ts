import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "@sidecart/platform/config";
import { runner } from "node-pg-migrate";
import pRetry from "p-retry";
import pg from "pg";
import { z } from "zod";
import { failureText } from "./failure.ts";
import { connectWithRetry, postgresUrl, withAdvisoryLock } from "./postgres.ts";

const root = join(import.meta.dirname, "../..");
const config = z.object({
  /** The connection of the database's owner. */
  DATABASE_URL: postgresUrl,
  /** The role of the service. It may only read and write rows. */
  SIDECART_RUNTIME_ROLE: z.string().regex(/^[a-z_][a-z0-9_-]*$/),
  /** How long to wait for a server that is not available yet, and for another run. */
  SIDECART_WAIT_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

/**
 * How long a migration waits for a table lock before it is retried. Later statements queue behind it, so a longer wait would
 * block a running service.
 */
const tableLockMs = 3_000;
const attempts = 10;
const lockNotAvailable = "55P03";
const insufficientPrivilege = "42501";

/**
 * Planner settings of the database (ADR 21): use an index wherever possible. Up to PostgreSQL 17, a plan that has no index
 * then looks so expensive that the server would compile it each time, so `jit` is off.
 */
const plannerSettings = { enable_seqscan: "off", jit: "off" };

type Settings = z.infer<typeof config>;

/**
 * Applies the missing migrations: the platform's first, then the service's. Idempotent. Of concurrent runs one works and
 * the others wait. Migrations of a newer version stay applied.
 */
async function migrate(service: string, settings: Settings): Promise<number> {
  const { DATABASE_URL, SIDECART_RUNTIME_ROLE, SIDECART_WAIT_SECONDS: seconds } = settings;
  const client = await connectWithRetry(DATABASE_URL, { seconds, log });
  try {
    return await withAdvisoryLock(client, "sidecart migrations", seconds || 1, async () => {
      // A migration may need to scan a whole table.
      await client.query(`set lock_timeout = ${tableLockMs}; set enable_seqscan = on`);
      const applied = await retryOnLockTimeout(() => apply(client, service));
      await grant(client, SIDECART_RUNTIME_ROLE);
      await applyPlannerSettings(client);
      return applied;
    });
  } finally {
    await client.end();
  }
}

async function apply(dbClient: pg.Client, service: string): Promise<number> {
  const sets = [
    { dir: join(root, "platform/migrations"), migrationsTable: "platform_migrations" },
    { dir: join(root, "services", service, "migrations"), migrationsTable: "service_migrations" },
  ];
  let applied = 0;
  for (const set of sets) {
    const done = await runner({ ...set, dbClient, noLock: true, direction: "up", log: () => {}, count: Infinity });
    applied += done.length;
  }
  return applied;
}

/** Each migration is a transaction, so one without its lock has changed nothing. It has waited already: no pause. */
function retryOnLockTimeout<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: attempts - 1,
    minTimeout: 0,
    shouldRetry({ error, retriesLeft }) {
      if ((error as pg.DatabaseError).code !== lockNotAvailable) return false;
      log(`a table is locked, retrying: ${retriesLeft} attempts left`);
      return true;
    },
  });
}

async function grant(client: pg.Client, role: string): Promise<void> {
  const quoted = pg.escapeIdentifier(role);
  await client.query(`grant usage on schema public to ${quoted}`);
  await client.query(`grant select, insert, update, delete on all tables in schema public to ${quoted}`);
  await client.query(`revoke all on platform_migrations, service_migrations from ${quoted}`);
}

/** Affects new connections. Only the owner may do this; without it the service works, but slower. */
async function applyPlannerSettings(client: pg.Client): Promise<void> {
  const database = pg.escapeIdentifier(client.database ?? "");
  const statements = Object.entries(plannerSettings).map(
    ([name, value]) => `alter database ${database} set ${name} = ${value};`,
  );
  try {
    await client.query(statements.join(" "));
  } catch (error) {
    if ((error as pg.DatabaseError).code !== insufficientPrivilege) throw error;
    log(`this role does not own the database; its owner should run: ${statements.join(" ")}`);
  }
}

const { values } = parseArgs({ options: { service: { type: "string" } } });
const service = z
  .string({ error: "--service NAME is missing" })
  .regex(/^[a-z][a-z0-9-]*$/)
  .parse(values.service);
function log(line: string): void {
  process.stdout.write(`${service}: ${line}\n`);
}
try {
  log(`${await migrate(service, loadConfig(config))} migrations applied`);
} catch (error) {
  process.stderr.write(`${service}: migration failed: ${failureText(error)}\n`);
  process.exitCode = 1;
}
