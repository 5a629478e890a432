import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { connectWithRetry } from "./postgres.ts";
import { type NamedDatabase, runPostgresProgram } from "./postgres-programs.ts";

/** What is known about a dump. Its databases are in `<service>.dump`. */
type DumpRecord = { at: string; services: string[] };
export const recordFile = "dump.json";

/** How long commands of the services may wait for the moment of the dump. Longer, and the dump fails instead. */
const lockWaitMs = 5_000;
const wait = { seconds: 10, log: () => {} };

/** A transaction that keeps showing one moment, by the name of its snapshot. */
type Held = NamedDatabase & { client: pg.Client; snapshot: string };

/**
 * Dumps the databases of several services as they were at one moment, while the services run: their commands wait for the
 * milliseconds in which the snapshots are taken. Dumps of different moments would contradict each other: an order without its
 * reservation, or a reservation that is held for no order.
 */
export async function dumpDatabases(databases: readonly NamedDatabase[], folder: string): Promise<DumpRecord> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const clients = await Promise.all(databases.map(({ url }) => connectWithRetry(url, wait)));
  try {
    const { held, at } = await snapshotsOf(databases, clients);
    for (const { service, url, snapshot } of held) {
      const file = join(folder, `${service}.dump`);
      await runPostgresProgram("pg_dump", url, ["--format=custom", `--snapshot=${snapshot}`, `--file=${file}`]);
    }
    const record = { at: at.toISOString(), services: databases.map(({ service }) => service) };
    await writeFile(join(folder, recordFile), `${JSON.stringify(record)}\n`, { mode: 0o600 });
    return record;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Stops all writers, takes a snapshot of each database, and lets the writers continue. */
async function snapshotsOf(databases: readonly NamedDatabase[], clients: readonly pg.Client[]) {
  const blockers: pg.Client[] = [];
  try {
    for (const { url } of databases) {
      const client = await connectWithRetry(url, wait);
      blockers.push(client);
      await client.query(`begin; set local lock_timeout = ${lockWaitMs}`);
      // Every change that another service hears of, or that came from another service, has a row in one of these.
      await client.query("lock table outbox, inbox in exclusive mode");
    }
    const at = new Date();
    const held: Held[] = [];
    for (const [place, client] of clients.entries()) {
      const database = databases[place] as NamedDatabase;
      await client.query("begin isolation level repeatable read read only");
      const { rows } = await client.query<{ snapshot: string }>("select pg_export_snapshot() as snapshot");
      held.push({ ...database, client, snapshot: rows[0]?.snapshot ?? "" });
    }
    return { held, at };
  } finally {
    await Promise.all(blockers.map((client) => client.end()));
  }
}
