import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { recordFile } from "./dump-databases.ts";
import { emptyDatabase } from "./empty-database.ts";
import { connectWithRetry } from "./postgres.ts";
import { type NamedDatabase, runPostgresProgram } from "./postgres-programs.ts";

const root = join(import.meta.dirname, "../..");
const record = z.object({ at: z.iso.datetime(), services: z.array(z.string()) });
/** Events of this time before the dump are published again. Consumers may have been that late. */
const publishAgainMs = 60 * 60_000;
const wait = { seconds: 10, log: () => {} };

/** What a restore did. */
export type Restored = { at: Date; publishedAgain: Record<string, number>; endedSessions: number };

/**
 * Restores the databases of a dump, in place, while the services are stopped. Each is as in the dump afterwards: what later
 * migrations made is gone too. After a failure run it again. The outbox of the dump lacks the events that
 * were published but not yet handled at its moment, so the events of the last hour before it are written again, from the
 * state of their objects. Handlers of these events are idempotent by that state. All sessions end.
 */
export async function restoreDatabases(databases: readonly NamedDatabase[], folder: string): Promise<Restored> {
  const { at, services } = record.parse(JSON.parse(await readFile(join(folder, recordFile), "utf8")));
  const missing = services.filter((name) => !databases.some(({ service }) => service === name));
  if (missing.length > 0) throw new Error(`no address of the database of ${missing.join(", ")}`);
  const restored: Restored = { at: new Date(at), publishedAgain: {}, endedSessions: 0 };
  const chosen = databases.filter(({ service }) => services.includes(service));
  const fileOf = ({ service }: NamedDatabase) => join(folder, `${service}.dump`);
  // A dump that cannot be read must not cost the present data.
  for (const database of chosen) await runPostgresProgram("pg_restore", database.url, ["--list", fileOf(database)]);
  const since = new Date(restored.at.getTime() - publishAgainMs);
  for (const database of chosen) {
    // pg_restore drops only what the dump has, so a table of a later migration would stay.
    await emptyDatabase(database.url);
    await runPostgresProgram("pg_restore", database.url, ["--single-transaction", fileOf(database)]);
    restored.publishedAgain[database.service] = await afterwards(database, "publish-again", [since]);
    restored.endedSessions += await afterwards(database, "end-sessions", []);
  }
  return restored;
}

/** Runs the service's statement of that name, if it has one. Returns the number of rows. */
async function afterwards({ service, url }: NamedDatabase, name: string, values: unknown[]): Promise<number> {
  const file = join(root, "services", service, "restore", `${name}.sql`);
  if (!existsSync(file)) return 0;
  const statement = await readFile(file, "utf8");
  const client = await connectWithRetry(url, wait);
  try {
    return (await client.query(statement, values)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
