import { chmod, copyFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Patch } from "@sidecart/dapr/patches";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";

/**
 * Writes patched copies of modules to `folder` and returns the flag that makes `go build` use them: a go.mod that
 * replaces the modules. (Go refuses an overlay over its module cache.)
 */
export async function patchFlag(
  patches: readonly Patch[],
  source: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (patches.length === 0) return [];
  const goMod = join(folder, "go.mod");
  for (const name of ["go.mod", "go.sum"]) await copyFile(join(source, name), join(folder, name));
  for (const [place, module] of [...new Set(patches.map((patch) => patch.module))].entries()) {
    const copy = join(folder, `module-${place}`);
    const original = await runCommand("go", ["list", "-m", "-f", "{{.Dir}}", module], { cwd: source, env });
    await cp(original.trim(), copy, { recursive: true });
    await makeWritable(copy);
    for (const patch of patches.filter((one) => one.module === module)) await apply(patch, join(copy, patch.file));
    await runCommand("go", ["mod", "edit", "-replace", `${module}=${copy}`, goMod], { cwd: source, env });
  }
  return ["-modfile", goMod];
}

async function apply({ module, file, from, to, times }: Patch, path: string): Promise<void> {
  const pieces = (await readFile(path, "utf8")).split(from);
  if (pieces.length - 1 !== times) {
    throw new StartError(`a patch of ${module}/${file} no longer fits: see dapr/patches.ts`);
  }
  await writeFile(path, pieces.join(to));
}

/** Files in the module cache are read-only; copies must be writable and deletable. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}
