import { existsSync } from "node:fs";
import { chown, glob, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { adminUrl, answersQuery, postgresFolder } from "@sidecart/local/parts/postgres";
import { inheritedEnvironment } from "@sidecart/local/process/environment";
import { runCommand } from "@sidecart/local/process/run-command";
import { randomSecret } from "@sidecart/local/secrets/private-file";
import type { Test } from "tap";
import { StoreRun } from "./store.ts";

const programs = ["initdb", "postgres", "pg_dump", "pg_restore"];

/** The folder of a whole PostgreSQL: the embedded one has no pg_dump. */
async function wholePostgres(): Promise<string> {
  const folders = [process.env.SIDECART_POSTGRES_BIN ?? "", ...(process.env.PATH ?? "").split(delimiter)];
  for await (const folder of glob("/usr/lib/postgresql/*/bin")) folders.push(folder);
  const found = folders.find((folder) => programs.every((name) => folder && existsSync(join(folder, name))));
  if (!found) throw new Error("no folder with initdb, postgres, pg_dump and pg_restore: set SIDECART_POSTGRES_BIN");
  return found;
}

/** A PostgreSQL server that can be dumped. It stops when the test ends. */
export async function dumpablePostgres(t: Pick<Test, "teardown">): Promise<{ url: string; programs: string }> {
  const folder = await wholePostgres();
  const run = await StoreRun.begin();
  t.teardown(() => run.stop());
  const { folder: data, account } = await postgresFolder(run.instance);
  const port = await run.port("postgres", "api");
  const password = randomSecret();
  const passwordFile = `${data}.password`;
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await Promise.all([data, passwordFile].map((path) => chown(path, account.uid, account.gid)));
  const place = { cwd: "/", env: { ...inheritedEnvironment(), LC_ALL: "C" }, ...account };
  const flags = ["--username=postgres", `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--encoding=UTF8"];
  await runCommand(join(folder, "initdb"), ["-D", data, ...flags, "--locale=C.UTF-8", "--no-sync"], place);
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
  const url = adminUrl(port, password);
  await run.start(
    {
      ...place,
      name: "postgres",
      command: join(folder, "postgres"),
      args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      log: join(run.instance.logs, "postgres.log"),
      stopSignal: "SIGINT",
    },
    () => answersQuery(url),
  );
  return { url, programs: folder };
}
