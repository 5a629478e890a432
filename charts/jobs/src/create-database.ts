import { createDatabase } from "@sidecart/ops/create-database";
import { connectPatiently } from "@sidecart/ops/postgres";
import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";
import { connectionSettings } from "./libpq-words.ts";

const config = z.object({
  /** Of somebody who may make databases and roles. */
  ADMIN_URL: z.url(),
  /** The database to be, as its owner: libpq words or a URL. */
  DATABASE_URL: z.string().min(1),
  /** What the service's sidecar is going to connect with, when that is not the owner. */
  RUNTIME_CONNECTION: z.string().min(1).optional(),
  /** How long a server that is not there yet is waited for. */
  SIDECART_WAIT_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = loadConfig(config);
  const { database = "", ...owner } = roleIn("DATABASE_URL", settings.DATABASE_URL);
  const runtime = settings.RUNTIME_CONNECTION ? roleIn("RUNTIME_CONNECTION", settings.RUNTIME_CONNECTION) : undefined;
  if (!database) throw new Error("DATABASE_URL names no database");
  if (owner.name === runtime?.name) throw new Error("the user of RUNTIME_CONNECTION must not be the database's owner");
  const seconds = settings.SIDECART_WAIT_SECONDS;
  const admin = await connectPatiently(settings.ADMIN_URL, { seconds, tell: say });
  try {
    await createDatabase(admin, { database, owner, runtime });
  } finally {
    await admin.end();
  }
  say(`${database}: there, owned by ${owner.name}${runtime ? `, used by ${runtime.name}` : ""}`);
}

function roleIn(variable: string, connection: string) {
  const { user, password = "", database, dbname } = connectionSettings(connection);
  if (!user) throw new Error(`${variable} names no user`);
  return { name: user, password, database: database ?? dbname };
}

try {
  await main();
} catch (error) {
  process.stderr.write(`create-database: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
