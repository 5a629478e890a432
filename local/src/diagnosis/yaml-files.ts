import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The files of a folder that a sidecar reads, in the order in which it does. */
export function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
