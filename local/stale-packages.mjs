// Plain JavaScript without dependencies: it runs before the packages are installed (start.mjs).
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The first package of a checkout whose installed version is not what package-lock.json says, such as after a `git pull`;
 * undefined when everything is in place. npm writes down what it has installed in node_modules/.package-lock.json.
 */
export function stalePackage(checkout) {
  const wanted = packagesIn(join(checkout, "package-lock.json"));
  const installed = packagesIn(join(checkout, "node_modules", ".package-lock.json"));
  return Object.keys(wanted).find((path) => {
    const { version, integrity, optional, peer } = wanted[path];
    if (!path.startsWith("node_modules/")) return false;
    const there = installed[path];
    // made for another system, or for a peer that nobody has
    if (!there) return !optional && !peer;
    return there.version !== version || (integrity && there.integrity && there.integrity !== integrity);
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}
