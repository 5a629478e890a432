import { existsSync } from "node:fs";
import { chown, mkdir, rm, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";
import { type Instance, shortHash } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";
import { type Account, openFolder, postgresAccount, postgresBinaries, reachable } from "./postgres-binaries.ts";

const superuser = "postgres";

/**
 * The folder of PostgreSQL's data: in the instance folder, or for root in a folder that PostgreSQL's user can enter.
 */
export async function postgresFolder(instance: Instance): Promise<{ folder: string; account: Account | undefined }> {
  const near = join(instance.folder, "postgres");
  const far = join(openFolder, shortHash(instance.folder), "postgres");
  const account = await postgresAccount(existsSync(far) ? far : near);
  const open = !account || (await reachable(dirname(near), account));
  return { folder: open ? near : far, account };
}

/** Prepares the data folder (with initdb at first) and returns how to start the server on `port`, on loopback only. */
export async function postgresProcess(instance: Instance, port: number, password: string): Promise<ProcessSpec> {
  const { folder, account } = await postgresFolder(instance);
  const { initdb, postgres } = await postgresBinaries(account);
  if (!existsSync(join(folder, "PG_VERSION"))) await initialise(initdb, folder, account, password);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    // The log goes to the process's log file. It has one line for an error, without the statement.
    log_min_error_statement: "panic",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return {
    name: "postgres",
    command: postgres,
    args: ["-D", folder, "-p", String(port), ...flags],
    cwd: "/",
    env: { ...inheritedEnvironment(), LC_ALL: "C" },
    log: join(instance.logs, "postgres.log"),
    stopSignal: "SIGINT", // "fast" shutdown: open transactions are rolled back
    ...account,
  };
}

export function adminUrl(port: number, password: string): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
}

/** The server in DATABASE_URL, if it is set. */
export function externalPostgres(): string | undefined {
  const text = process.env.DATABASE_URL;
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.hostname && /^postgres(ql)?:$/.test(url.protocol)) return text;
  throw new StartError("DATABASE_URL must be of the form postgres://user:password@host[:port]/database");
}

/** True if the server runs a query. */
export async function answersQuery(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}

export async function removePostgresData(instance: Instance): Promise<void> {
  const { folder } = await postgresFolder(instance);
  await rm(folder, { recursive: true, force: true });
}

async function initialise(initdb: string, folder: string, account: Account | undefined, password: string) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  await mkdir(folder, { mode: 0o700 });
  // Outside the data folder, which must be empty for initdb, but readable by initdb's user.
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(folder, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const flags = [
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--no-sync",
  ];
  try {
    await runCommand(initdb, ["-D", folder, `--username=${superuser}`, `--pwfile=${passwordFile}`, ...flags], {
      cwd: "/",
      env: { ...inheritedEnvironment(), LC_ALL: "C" },
      ...account,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await unlink(passwordFile);
  }
}
