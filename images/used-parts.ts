import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Packages of which we use a part (docs/decisions/0007): the files that ship, and the dependencies of these files. The rest
 * of @dapr/dapr (HTTP client, server, workflows) would bring some 90 further packages into every image.
 */
const usedParts: Record<string, { files: RegExp; dependencies: readonly string[] }> = {
  "@dapr/dapr": {
    files: /^(package\.json|proto\/dapr\/proto\/(runtime\/v1\/(dapr|appcallback)|common\/v1\/common)_pb\.js)$/,
    dependencies: ["@bufbuild/protobuf"],
  },
};

/** Whether this file belongs to the part of its package that we use. */
export const isUsed = (name: string, file: string): boolean => usedParts[name]?.files.test(file) ?? true;

type Manifest = { dependencies?: Record<string, string> };

/** Removes the other dependencies from a copy of package-lock.json, so that npm does not install them. */
export async function trimLock(file: string): Promise<void> {
  const lock = JSON.parse(await readFile(file, "utf8")) as { packages: Record<string, Manifest> };
  for (const name of Object.keys(usedParts)) trim(name, lock.packages[`node_modules/${name}`]);
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
}

/** Does the same in the installed manifests, which npm compares with what is installed. */
export async function trimInstalled(folder: string): Promise<void> {
  for (const name of Object.keys(usedParts)) {
    const file = join(folder, "node_modules", name, "package.json");
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(await readFile(file, "utf8")) as Manifest;
    trim(name, manifest);
    await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

function trim(name: string, manifest: Manifest | undefined): void {
  if (!manifest?.dependencies) return;
  const used = usedParts[name]?.dependencies ?? [];
  manifest.dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([one]) => used.includes(one)),
  );
}
