import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

type Properties = Record<string, string>;

/**
 * What daprd said at Init, in a file of mode 0600. daprd says it once: a component that is started again under a running
 * sidecar finds here what it was, which may be passwords.
 */
export class KeptOptions {
  readonly #file: string;

  constructor(folder: string, component: string) {
    this.#file = join(folder, `${component}.json`);
  }

  of(instance: string): Properties | undefined {
    return this.#read()[instance];
  }

  keep(instance: string, properties: Properties): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const partial = `${this.#file}.partial`;
    writeFileSync(partial, JSON.stringify({ ...this.#read(), [instance]: properties }), { mode: 0o600 });
    renameSync(partial, this.#file);
  }

  #read(): Record<string, Properties> {
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")) as Record<string, Properties>;
    } catch {
      // None yet: then only Init can open a component.
      return {};
    }
  }
}
