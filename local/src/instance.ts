import { createHash } from "node:crypto";
import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "./process/reason.ts";
import { StartError } from "./start-error.ts";

/** The checkout this launcher belongs to. */
export const checkout = resolve(import.meta.dirname, "../..");

/** What is built or unpacked once and shared by all instances and checkouts of a user. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sidecart");

/** One copy of the system: where its state, logs and sockets live. */
export interface Instance {
  name: string;
  folder: string;
  logs: string;
  sockets: string;
  certificates: string;
  /** Temporary files of Dapr, which leaves every identity it is given there. */
  temporary: string;
}

// A role and a database are named after the instance, and PostgreSQL cuts names at 63 bytes.
const validName = /^[a-z][a-z0-9-]{0,29}$/;

// sun_path holds 108 bytes; the longest socket name is "embedded-search.sock".
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

/** The instance folder may be passed through, not listed: PostgreSQL's own user must reach its data. */
export async function makeFolder(instance: Instance): Promise<void> {
  await makeWithParents(instance.folder).catch((error: unknown) => {
    throw new StartError(
      `no instance can be kept in ${instance.folder}: ${reasonOf(error)}: choose another SIDECART_HOME`,
    );
  });
}

// Node's own recursive mkdir never ends below /proc, which answers ENOENT for every new name.
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
 * Empties what belongs to one run: logs, certificates, temporary files, and sockets, of which a stale one makes daprd hang
 * at start, silently. Sidecars find each other in a new file.
 */
export async function clearLastRun(instance: Instance): Promise<void> {
  // registrations of the last run would send calls to sidecars that are gone
  const names = join(instance.folder, "names.db");
  const files = [names, `${names}-wal`, `${names}-shm`];
  const folders = [instance.logs, instance.sockets, instance.certificates, instance.temporary];
  await Promise.all([...folders, ...files].map((path) => rm(path, { recursive: true, force: true })));
  await Promise.all(folders.map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  await makeNames(names);
}

/**
 * Sidecars start at once, and the first to open the file would change its journal, for which SQLite waits for nobody: one
 * that met another then would go on without names, and be found by nobody.
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
