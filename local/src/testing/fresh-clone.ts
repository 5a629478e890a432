import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Test } from "tap";
import { checkout } from "../instance.ts";

/** A clone without packages: package.json and our plain JavaScript. Deleted when the test ends. */
export function freshClone(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "sidecart-clone-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const exclude = (name: string) => name.includes("node_modules");
  for (const file of [
    "package.json",
    ...globSync("{local,ops,tests,images,release,components}/**/*.mjs", { cwd: checkout, exclude }),
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(checkout, file), join(folder, file));
  }
  return folder;
}
