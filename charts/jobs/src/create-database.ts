import { createDatabase } from "@sidecart/ops/create-database";
import { failureText } from "@sidecart/ops/failure";
import { connectWithRetry, postgresUrl } from "@sidecart/ops/postgres";
import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";
import { connectionSettings } from "./connection-settings.ts";

const config = z.object({
  /** The connection of a role that may create databases and roles. */
  ADMIN_URL: postgresUrl,
  /** The new database and its owner: a libpq connection string or a URL. */
  DATABASE_URL: z.string().min(1),
  /** The connection of the service's sidecar, when it does not connect as the owner. */
  RUNTIME_CONNECTION: z.string().min(1).optional(),
  /** How long to wait for a server that is not available yet. */
  SIDECART_WAIT_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

const log = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = loadConfig(config);
  const { database = "", ...owner } = roleIn("DATABASE_URL", settings.DATABASE_URL);
  const runtime = settings.RUNTIME_CONNECTION ? roleIn("RUNTIME_CONNECTION", settings.RUNTIME_CONNECTION) : undefined;
  if (!database) throw new Error("DATABASE_URL contains no database");
  if (owner.name === runtime?.name) throw new Error("the user of RUNTIME_CONNECTION must not be the database's owner");
  const seconds = settings.SIDECART_WAIT_SECONDS;
  const admin = await connectWithRetry(settings.ADMIN_URL, { seconds, log });
  try {
    await createDatabase(admin, { database, owner, runtime });
  } finally {
    await admin.end();
  }
  log(`${database}: ready, owned by ${owner.name}${runtime ? `, used by ${runtime.name}` : ""}`);
}

function roleIn(variable: string, connection: string) {
  const { user, password = "", database, dbname } = connectionSettings(connection);
  if (!user) throw new Error(`${variable} contains no user`);
  return { name: user, password, database: database ?? dbname };
}

try {
  await main();
} catch (error) {
  process.stderr.write(`create-database: ${failureText(error)}\n`);
  process.exitCode = 1;
}
