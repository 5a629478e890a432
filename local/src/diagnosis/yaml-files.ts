import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The files of a folder that a sidecar reads, in its order. */
export function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
