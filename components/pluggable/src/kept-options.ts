import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Properties = Record<string, string>;

/**
 * What daprd said at Init, in a file of mode 0600. daprd says it once: a component that is started again under a running
 * sidecar finds here what it was, which may be passwords. So the folder must be ours alone.
 */
export class KeptOptions {
  readonly #folder: string;
  readonly #file: string;

  constructor(folder: string, component: string) {
    this.#folder = folder;
    this.#file = join(folder, `${component}.json`);
  }

  /** Makes the folder; throws when somebody else may read or write what lies in it. */
  checkFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(this.#folder);
    const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    if (isOurs) return;
    const fix = "give SIDECART_OPTIONS_FOLDER one that does not exist yet, or that is this user's alone (0700)";
    throw new Error(`${this.#folder}, which is to keep passwords, is not a folder of this user alone: ${fix}`);
  }

  of(instance: string): Properties | undefined {
    return this.#read()[instance];
  }

  keep(instance: string, properties: Properties): void {
    this.checkFolder();
    const partial = `${this.#file}.partial`;
    writeFileSync(partial, JSON.stringify({ ...this.#read(), [instance]: properties }), { mode: 0o600 });
    renameSync(partial, this.#file);
  }

  #read(): Record<string, Properties> {
    this.checkFolder();
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")) as Record<string, Properties>;
    } catch {
      // None yet: then only Init can open a component.
      return {};
    }
  }
}
