import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

type Manifest = {
  name: string;
  version: string;
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};

export async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}

/** The folders of all workspaces, by package name. */
export async function workspacesOf(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const folder of glob((await manifestOf(root)).workspaces ?? [], { cwd: root })) {
    if (!existsSync(join(root, folder, "package.json"))) continue;
    found.set((await manifestOf(join(root, folder))).name, folder);
  }
  return found;
}

/** The folders of these workspaces and of all workspaces that they depend on, directly or indirectly. */
export async function linkedBy(root: string, workspaces: readonly string[]): Promise<string[]> {
  const all = await workspacesOf(root);
  const linked = new Set<string>();
  const follow = async (folder: string): Promise<void> => {
    if (linked.has(folder)) return;
    linked.add(folder);
    const { dependencies = {} } = await manifestOf(join(root, folder));
    for (const name of Object.keys(dependencies)) {
      const dependency = all.get(name);
      if (dependency) await follow(dependency);
    }
  };
  for (const workspace of workspaces) await follow(workspace);
  return [...linked].sort();
}
