import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "@sidecart/platform/config";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { z } from "zod";
import { alone, connectPatiently } from "./postgres.ts";

const root = join(import.meta.dirname, "../..");
const config = z.object({
  /** The database to migrate, as its owner. */
  DATABASE_URL: z.url(),
  /** The role the service runs as: it gets to read and write rows, nothing else. */
  SIDECART_RUNTIME_ROLE: z.string().regex(/^[a-z_][a-z0-9_-]*$/),
  /** How long a server that is not there yet, and another run, are waited for. */
  SIDECART_WAIT_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

/**
 * How long a migration may wait for a table that statements are using: whatever comes after it waits as well, so a
 * service that serves meanwhile would stand still. Then it is tried again.
 */
const tableLockMs = 3_000;
const tries = 10;
const lockNotAvailable = "55P03";
const insufficientPrivilege = "42501";

/**
 * How statements are planned in this database (ADR 21): by an index wherever one serves. Up to PostgreSQL 17 a plan without
 * one then looks so expensive that it would be compiled each time, hence no `jit`.
 */
const planning = { enable_seqscan: "off", jit: "off" };

type Settings = z.infer<typeof config>;

/**
 * Brings a service's database to the newest version: the platform's tables first, then its own. Safe to repeat; of
 * several runs at once one works and the others wait. Migrations that a newer version has applied stay.
 */
async function migrate(service: string, settings: Settings): Promise<number> {
  const { DATABASE_URL, SIDECART_RUNTIME_ROLE, SIDECART_WAIT_SECONDS: seconds } = settings;
  const client = await connectPatiently(DATABASE_URL, { seconds, tell: say });
  try {
    return await alone(client, "sidecart migrations", seconds || 1, async () => {
      // a migration may well have to read all of a table
      await client.query(`set lock_timeout = ${tableLockMs}; set enable_seqscan = on`);
      const applied = await untilUnlocked(() => apply(client, service));
      await grant(client, SIDECART_RUNTIME_ROLE);
      await setPlanning(client);
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

/** Each migration is a transaction: what did not get its lock has changed nothing. */
async function untilUnlocked<T>(work: () => Promise<T>): Promise<T> {
  for (let left = tries; ; ) {
    left -= 1;
    try {
      return await work();
    } catch (error) {
      if (left === 0 || (error as pg.DatabaseError).code !== lockNotAvailable) throw error;
      say(`a table is in use: ${left} more tries`);
    }
  }
}

async function grant(client: pg.Client, role: string): Promise<void> {
  const quoted = pg.escapeIdentifier(role);
  await client.query(`grant usage on schema public to ${quoted}`);
  await client.query(`grant select, insert, update, delete on all tables in schema public to ${quoted}`);
  await client.query(`revoke all on platform_migrations, service_migrations from ${quoted}`);
}

/** For connections that are made from now on. Only the database's owner may; without it the service works, slower. */
async function setPlanning(client: pg.Client): Promise<void> {
  const database = pg.escapeIdentifier(client.database ?? "");
  const wishes = Object.entries(planning).map(([name, value]) => `alter database ${database} set ${name} = ${value};`);
  try {
    await client.query(wishes.join(" "));
  } catch (error) {
    if ((error as pg.DatabaseError).code !== insufficientPrivilege) throw error;
    say(`not the owner of its database, who should say: ${wishes.join(" ")}`);
  }
}

const { values } = parseArgs({ options: { service: { type: "string" } } });
const service = z
  .string({ error: "--service NAME is missing" })
  .regex(/^[a-z][a-z0-9-]*$/)
  .parse(values.service);
function say(line: string): void {
  process.stdout.write(`${service}: ${line}\n`);
}
try {
  say(`${await migrate(service, loadConfig(config))} migrations applied`);
} catch (error) {
  process.stderr.write(`${service}: migration failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
