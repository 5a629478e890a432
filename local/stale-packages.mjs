// Plain JavaScript without dependencies, because start.mjs runs it before the packages are installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The first package of a checkout whose installed version differs from package-lock.json, for example after a `git
 * pull`; undefined when there is none. npm records the installed versions in node_modules/.package-lock.json.
 */
export function stalePackage(checkout) {
  const wanted = packagesIn(join(checkout, "package-lock.json"));
  const installed = packagesIn(join(checkout, "node_modules", ".package-lock.json"));
  return Object.keys(wanted).find((path) => {
    const { version, integrity, optional, peer } = wanted[path];
    if (!path.startsWith("node_modules/")) return false;
    const found = installed[path];
    // for another operating system, or a peer dependency that is not used
    if (!found) return !optional && !peer;
    return found.version !== version || (integrity && found.integrity && found.integrity !== integrity);
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}
