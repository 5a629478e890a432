import { loadConfig } from "@sidecart/platform/config";
import { createDatabase } from "@sidecart/platform/create-database";
import { connectPatiently } from "@sidecart/platform/postgres";
import { z } from "zod";
import { connectionSettings } from "./libpq-words.ts";

const config = z.object({
  /** Of somebody who may make databases and roles. */
  ADMIN_URL: z.url(),
  /** The database to be, as its owner. */
  DATABASE_URL: z.url(),
  /** What the service's sidecar is going to connect with. */
  RUNTIME_CONNECTION: z.string().min(1),
  /** How long a server that is not there yet is waited for. */
  SIDECART_WAIT_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = loadConfig(config);
  const url = new URL(settings.DATABASE_URL);
  const owner = { name: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const runtime = connectionSettings(settings.RUNTIME_CONNECTION);
  const database = decodeURIComponent(url.pathname.slice(1));
  const { user = "", password = "" } = runtime;
  if (!database || !owner.name || !user) throw new Error("DATABASE_URL and RUNTIME_CONNECTION name database and users");
  if (owner.name === user) throw new Error("the user of RUNTIME_CONNECTION must not be the database's owner");
  const seconds = settings.SIDECART_WAIT_SECONDS;
  const admin = await connectPatiently(settings.ADMIN_URL, { seconds, tell: say });
  try {
    await createDatabase(admin, { database, owner, runtime: { name: user, password } });
  } finally {
    await admin.end();
  }
  say(`${database}: there, owned by ${owner.name}, used by ${user}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`create-database: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
