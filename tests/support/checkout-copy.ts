import { copyFile, cp, link, mkdir, mkdtemp, readdir, readlink, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Test } from "tap";
import { root } from "../check/tool.ts";

/** What a checkout grows beside its files. */
const grown = new Set([".git", ".tap", ".sidecart", "node_modules", "coverage", "dist"]);

/** A copy of the checkout's files, which a test may change. Removed when the test ends. */
export async function copyOfFiles(t: Pick<Test, "teardown">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-copy-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const isOurs = (path: string) =>
    relative(root, path)
      .split("/")
      .every((part) => !grown.has(part));
  await cp(root, folder, { recursive: true, filter: isOurs, verbatimSymlinks: true });
  return folder;
}

/** The same with its packages. */
export async function copyOfCheckout(t: Pick<Test, "teardown">): Promise<string> {
  const folder = await copyOfFiles(t);
  await linkFolder(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** What commands write to in node_modules: copied, since a linked file is the same file in both places. */
const rewritten = new Set([".package-lock.json", "@tapjs"]);

/** The same files by further names, as far as it is one disk: packages take a gigabyte. */
async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (rewritten.has(entry.name)) await cp(source, target, { recursive: true, verbatimSymlinks: true });
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isDirectory()) await linkFolder(source, target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
