import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./tool.ts";

const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;
type Manifest = { name?: string; version?: string; workspaces?: string[] } & {
  [Kind in (typeof kinds)[number]]?: Record<string, string>;
};
/** By folder; "" is the checkout's. A lockfile also has the installed packages, by their folders. */
type Manifests = Record<string, Manifest>;

/** Whether package-lock.json is what npm would write for the package.json files of this checkout. */
export async function lockfileProblems(): Promise<string | undefined> {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as { packages: Manifests };
  const problems = staleIn(packages, await manifests());
  return problems.length > 0 ? problems.join("\n") : undefined;
}

async function manifests(): Promise<Manifests> {
  const read = async (folder: string) =>
    JSON.parse(await readFile(join(root, folder, "package.json"), "utf8")) as Manifest;
  const found: Manifests = { "": await read("") };
  for (const pattern of found[""]?.workspaces ?? []) {
    for await (const file of glob(`${pattern}/package.json`, { cwd: root })) {
      found[dirname(file)] = await read(dirname(file));
    }
  }
  return found;
}

/** The differences between lockfile and manifests: one line each. */
export function staleIn(packages: Manifests, wanted: Manifests): string[] {
  const ours = Object.keys(packages).filter((folder) => !folder.includes("node_modules/"));
  const gone = ours.filter((folder) => !wanted[folder]).map((folder) => `package-lock.json: ${folder} is gone`);
  return [...gone, ...Object.entries(wanted).flatMap(([folder, manifest]) => differs(packages, folder, manifest))];
}

function differs(packages: Manifests, folder: string, manifest: Manifest): string[] {
  const file = join(folder, "package.json");
  const locked = packages[folder];
  if (!locked) return [`package-lock.json: ${folder} is missing`];
  const named = kinds.flatMap((kind) => {
    const [now, then] = [manifest[kind] ?? {}, locked[kind] ?? {}];
    const names = [...new Set([...Object.keys(now), ...Object.keys(then)])];
    return names
      .filter((name) => now[name] !== then[name])
      .map((name) => `${file}: ${kind}.${name} is another in package-lock.json`);
  });
  const installed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const lost = installed.filter((name) => !placesOf(folder, name).some((place) => packages[place]));
  const version = locked.version === manifest.version ? [] : [`${file}: version is another in package-lock.json`];
  return [...version, ...named, ...lost.map((name) => `package-lock.json: ${name} of ${file} is missing`)];
}

/** Where Node looks for a package from a folder. */
function placesOf(folder: string, name: string): string[] {
  const here = join(folder, "node_modules", name);
  return folder === "" ? [here] : [here, ...placesOf(dirname(folder).replace(/^\.$/, ""), name)];
}
