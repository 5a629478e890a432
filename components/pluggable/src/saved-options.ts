import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Properties = Record<string, string>;

/**
 * Stores the options of Init in a file of mode 0600. daprd sends them only once, so a component that restarts beside a
 * running sidecar reads them here. They may contain passwords, so no other user may access the folder.
 */
export class SavedOptions {
  readonly #folder: string;
  readonly #file: string;

  constructor(folder: string, component: string) {
    this.#folder = folder;
    this.#file = join(folder, `${component}.json`);
  }

  /** Creates the folder; throws when another user may read or write it. */
  checkFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(this.#folder);
    const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    if (isOurs) return;
    const fix = "set SIDECART_OPTIONS_FOLDER to a new folder, or to one of this user with mode 0700";
    throw new Error(`other users may access ${this.#folder}, which will contain passwords: ${fix}`);
  }

  get(instance: string): Properties | undefined {
    return this.#read()[instance];
  }

  save(instance: string, properties: Properties): void {
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
      // No readable file: only Init can open a component.
      return {};
    }
  }
}
