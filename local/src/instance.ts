import { createHash } from "node:crypto";
import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "./process/reason.ts";
import { StartError } from "./start-error.ts";

/** The checkout of this launcher. */
export const checkout = resolve(import.meta.dirname, "../..");

/** Files that are built or unpacked once and shared by all instances and checkouts of a user. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sidecart");

/** One copy of the system: the folders of its data, logs and sockets. */
export interface Instance {
  name: string;
  folder: string;
  logs: string;
  sockets: string;
  certificates: string;
  /** Temporary files of Dapr. Dapr leaves its certificates there. */
  temporary: string;
}

// Roles and databases are named after the instance, and PostgreSQL truncates names at 63 bytes.
const validName = /^[a-z][a-z0-9-]{0,29}$/;

// sun_path has 108 bytes; the longest socket name is "embedded-search.sock".
const longestSocketFolder = 76;

/** The folder of all instances. */
export const instancesFolder = (): string => process.env.SIDECART_HOME || join(checkout, ".sidecart");

export function instanceAt(name: string, home = instancesFolder()): Instance {
  if (!validName.test(name)) {
    throw new StartError(`instance "${name}": use a lower-case letter, then up to 29 letters, digits or dashes`);
  }
  const folder = resolve(home, name);
  const beside = join(folder, "sockets");
  const short = join(tmpdir(), `sidecart-${shortHash(folder)}`);
  const sockets = beside.length <= longestSocketFolder ? beside : short;
  const inside = (entry: string) => join(folder, entry);
  return {
    name,
    folder,
    sockets,
    logs: inside("logs"),
    certificates: inside("certificates"),
    temporary: inside("tmp"),
  };
}

/** Other users may enter the instance folder but not list it: PostgreSQL's user must reach its data. */
export async function makeFolder(instance: Instance): Promise<void> {
  await makeWithParents(instance.folder).catch((error: unknown) => {
    throw new StartError(`cannot create ${instance.folder}: ${reasonOf(error)}: choose another SIDECART_HOME`);
  });
}

// Node's recursive mkdir loops below /proc, which returns ENOENT for every new name.
async function makeWithParents(folder: string): Promise<void> {
  await makeOne(folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeWithParents(dirname(folder));
    await makeOne(folder);
  });
}

async function makeOne(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o711 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
  });
}

/**
 * Deletes the files of the last run: logs, certificates, temporary files, names and sockets. A stale socket makes daprd
 * hang silently at start.
 */
export async function clearLastRun(instance: Instance): Promise<void> {
  // Registrations of the last run would direct calls to sidecars that no longer run.
  const names = join(instance.folder, "names.db");
  const files = [names, `${names}-wal`, `${names}-shm`];
  const folders = [instance.logs, instance.sockets, instance.certificates, instance.temporary];
  await Promise.all([...folders, ...files].map((path) => rm(path, { recursive: true, force: true })));
  await Promise.all(folders.map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  await makeNames(names);
}

/**
 * Creates the file with the WAL journal. Otherwise the first sidecar changes the journal mode, for which SQLite does
 * not wait: a sidecar that starts at the same moment would fail to register and could not be called.
 */
async function makeNames(file: string): Promise<void> {
  const names = new DatabaseSync(file);
  names.exec("pragma journal_mode = wal");
  names.close();
  await chmod(file, 0o600);
}

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
