import { chmodSync, lstatSync, lutimesSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { copyFile, cp, glob, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "../local/src/process/run-command.ts";
import type { Image } from "./image.ts";
import { npmSbom } from "./sbom.ts";
import { shipsFromPackage, shipsFromWorkspace } from "./ships.ts";
import { trimInstalled, trimLock } from "./used-parts.ts";
import { linkedBy, workspacesOf } from "./workspaces.ts";

/** The target platform; `cpu` as npm names it. */
export interface Target {
  cpu: string;
  /** The time of all files, in seconds since 1970: https://reproducible-builds.org/specs/source-date-epoch */
  epoch: number;
}

/**
 * Writes the content of an image: installed packages to `packages/`, our sources to `sources/`. Each is one layer, because
 * packages change seldom and services with the same dependencies share them. The layout is that of the repository: Node
 * strips no types below node_modules, so our workspaces are links that point out of it.
 */
export async function assemble(root: string, image: Image, out: string, target: Target): Promise<void> {
  const packages = join(out, "packages", "app");
  const sources = join(out, "sources", "app");
  await rm(out, { recursive: true, force: true });
  await mkdir(sources, { recursive: true });
  const programs = [image.workspace, ...image.runs];
  const linked = await linkedBy(root, programs);
  await install(root, programs, packages, target);
  await writeFile(join(sources, "sbom.cdx.json"), await npmSbom(packages, linked, target.epoch));
  prune(packages);
  await mkdir(join(sources, "node_modules"));
  await rename(join(packages, "node_modules", "@sidecart"), join(sources, "node_modules", "@sidecart"));
  for (const workspace of linked) await copy(root, workspace, sources, shipsFromWorkspace);
  for await (const folder of glob([...image.reads], { cwd: root })) await copy(root, folder, sources, () => true);
  await copyFile(join(root, "LICENSE"), join(sources, "LICENSE"));
  if (image.main) await symlink(image.main, join(sources, "main.ts"));
  normalizeFiles(out, target.epoch);
}

/** Installs the production dependencies of the workspaces, and of the workspaces they link to, from the lockfile. */
async function install(root: string, workspaces: string[], folder: string, { cpu }: Target): Promise<void> {
  for (const manifest of ["", ...(await workspacesOf(root)).values()].map((each) => join(each, "package.json"))) {
    await mkdir(dirname(join(folder, manifest)), { recursive: true });
    await copyFile(join(root, manifest), join(folder, manifest));
  }
  for (const file of ["package-lock.json", ".npmrc"]) await copyFile(join(root, file), join(folder, file));
  await trimLock(join(folder, "package-lock.json"));
  const platform = ["--os=linux", `--cpu=${cpu}`, "--libc=glibc"];
  const chosen = workspaces.map((workspace) => `--workspace=${workspace}`);
  await runCommand("npm", ["ci", "--omit=dev", "--ignore-scripts", ...chosen, ...platform], { cwd: folder });
  await trimInstalled(folder);
}

/** Deletes the files of installed packages that Node never reads. */
function prune(folder: string): void {
  const folders: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) folders.push(path);
    else if (!isOurs(path) && !ships(path.slice(folder.length))) rmSync(path);
  }
  for (const each of folders.sort().reverse()) if (readdirSync(each).length === 0) rmdirSync(each);
}

function ships(path: string): boolean {
  const [, name, file] = path.match(/.*\/node_modules\/((?:@[^/]+\/)?[^@./][^/]*)\/(.+)$/) ?? [];
  return name !== undefined && file !== undefined && shipsFromPackage(name, file);
}

const isOurs = (path: string): boolean => path.includes("/node_modules/@sidecart/");

async function copy(root: string, folder: string, to: string, ships: (file: string) => boolean): Promise<void> {
  for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    const file = path.slice(folder.length + 1);
    if (!entry.isFile() || file.startsWith("node_modules/") || !ships(file)) continue;
    await cp(join(root, path), join(to, path));
  }
}

/** Sets times and modes that depend neither on the clock nor on the umask. */
export function normalizeFiles(folder: string, epoch: number): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = lstatSync(path);
    if (!entry.isSymbolicLink()) chmodSync(path, mode & 0o100 ? 0o755 : 0o644);
    lutimesSync(path, epoch, epoch);
  }
}
