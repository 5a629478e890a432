import { join } from "node:path";
import { parseArgs } from "node:util";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { z } from "zod";
import { loadConfig } from "./config.ts";

const root = join(import.meta.dirname, "../..");
const config = z.object({
  /** The database to migrate, as its owner. */
  DATABASE_URL: z.url(),
  /** The role the service runs as: it gets to read and write rows, nothing else. */
  SIDECART_RUNTIME_ROLE: z.string().regex(/^[a-z_][a-z0-9_-]*$/),
});

/** Brings a service's database to the newest version: the platform's tables first, then its own. Safe to repeat. */
async function migrate(service: string, databaseUrl: string, role: string): Promise<number> {
  const sets = [
    { dir: join(root, "platform/migrations"), migrationsTable: "platform_migrations" },
    { dir: join(root, "services", service, "migrations"), migrationsTable: "service_migrations" },
  ];
  let applied = 0;
  for (const set of sets) {
    const done = await runner({ ...set, databaseUrl, direction: "up", count: Number.POSITIVE_INFINITY, log: () => {} });
    applied += done.length;
  }
  await grant(databaseUrl, role);
  return applied;
}

async function grant(databaseUrl: string, role: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const quoted = client.escapeIdentifier(role);
    await client.query(`grant usage on schema public to ${quoted}`);
    await client.query(`grant select, insert, update, delete on all tables in schema public to ${quoted}`);
    await client.query(`revoke all on platform_migrations, service_migrations from ${quoted}`);
  } finally {
    await client.end();
  }
}

const { values } = parseArgs({ options: { service: { type: "string" } } });
const service = z
  .string({ error: "--service NAME is missing" })
  .regex(/^[a-z][a-z0-9-]*$/)
  .parse(values.service);
try {
  const { DATABASE_URL, SIDECART_RUNTIME_ROLE } = loadConfig(config);
  const applied = await migrate(service, DATABASE_URL, SIDECART_RUNTIME_ROLE);
  process.stdout.write(`${service}: ${applied} migrations applied\n`);
} catch (error) {
  process.stderr.write(`${service}: migration failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
