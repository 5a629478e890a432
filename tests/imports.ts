import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { relative } from "node:path";
import { importsIn } from "@sidecart/generate/imports";

const known = new Map<string, string[]>();

/**
 * The modules of ours that a file imports, directly or through others, as paths from `root`. It looks into none of those
 * that `ends` names.
 */
export function importsOf(file: string, root: string, ends: (module: string) => boolean): Set<string> {
  const found = new Set<string>();
  const follow = (from: string) => {
    for (const module of directImports(from)) {
      const path = relative(root, module);
      if (found.has(path)) continue;
      found.add(path);
      if (!ends(path)) follow(module);
    }
  };
  follow(file);
  return found;
}

function directImports(file: string): string[] {
  const before = known.get(file);
  if (before) return before;
  const { resolve } = createRequire(file);
  const loaded = importsIn(file, readFileSync(file, "utf8")).filter(({ onlyTypes }) => !onlyTypes);
  const ours = loaded.filter(({ specifier }) => specifier.startsWith(".") || specifier.startsWith("@sidecart/"));
  const modules = ours.map(({ specifier }) => resolve(specifier)).filter((path) => /\.m?ts$/.test(path));
  known.set(file, modules);
  return modules;
}
