import { existsSync } from "node:fs";
import { glob, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./checkout.ts";

/** The files that `npm run generate`, `npm install` and the baselines may write. */
const written = [
  "package-lock.json",
  "docker-bake.hcl",
  "charts/sidecart/services.yaml",
  "components/resources/**/*.yaml",
  "docs/*.md",
  "gateway/schema.snapshot.graphql",
  "gateway/src/services.ts",
  "gateway/src/domains/domains.ts",
  "gateway/src/domains/schema-types.ts",
  "gateway/src/domains/operations-admin/*.graphql",
  "proto/baseline.json",
  "proto/gen/**/*.ts",
  "services/index.ts",
  "tests/chart/golden/*.yaml",
];

export type Kept = {
  /** Files that are new or have changed. */
  changed(): Promise<string[]>;
  /** Restores all files; deletes `folders`, which were created since. */
  restore(folders: readonly string[]): Promise<void>;
};

/** Saves the texts of all files that may be written. */
export async function keepTexts(): Promise<Kept> {
  const before = await texts();
  const changed = async () =>
    [...(await texts())].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  return {
    changed: async () => (await changed()).sort(),
    async restore(folders) {
      for (const folder of folders) await rm(join(root, folder), { recursive: true, force: true });
      for (const file of await changed()) if (!before.has(file)) await rm(join(root, file));
      for (const [file, text] of before) {
        const path = join(root, file);
        if (!existsSync(path) || (await readFile(path, "utf8")) !== text) await writeFile(path, text);
      }
    },
  };
}

async function texts(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const file of glob(written, { cwd: root })) found.set(file, await readFile(join(root, file), "utf8"));
  return found;
}
