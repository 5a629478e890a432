import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
}

// A role and a database are named after the instance, and PostgreSQL cuts names at 63 bytes.
const validName = /^[a-z][a-z0-9-]{0,29}$/;

// sun_path holds 108 bytes; the longest socket name is "embedded-search.sock".
const longestSocketFolder = 76;

export function instanceAt(name: string, home = process.env.SIDECART_HOME || join(checkout, ".sidecart")): Instance {
  if (!validName.test(name)) {
    throw new StartError(`instance "${name}": use a lower-case letter, then up to 29 letters, digits or dashes`);
  }
  const folder = resolve(home, name);
  const beside = join(folder, "sockets");
  const short = join(tmpdir(), `sidecart-${shortHash(folder)}`);
  return { name, folder, logs: join(folder, "logs"), sockets: beside.length <= longestSocketFolder ? beside : short };
}

/** Makes the folders. The instance folder may be passed through, not listed: PostgreSQL's own user must reach its data. */
export async function prepareFolders(instance: Instance): Promise<void> {
  await mkdir(instance.folder, { recursive: true, mode: 0o711 });
  await mkdir(instance.logs, { recursive: true, mode: 0o700 });
  // A socket left by an earlier run makes daprd hang at start, silently.
  await rm(instance.sockets, { recursive: true, force: true });
  await mkdir(instance.sockets, { recursive: true, mode: 0o700 });
}

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
