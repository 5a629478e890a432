import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { stalePackage } from "./stale-packages.mjs";

type Packages = Record<string, Record<string, unknown>>;

/** A checkout with these packages in its lockfile and these in node_modules. */
function checkoutWith(t: Test, wanted: Packages, installed: Packages | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "sidecart-packages-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": { name: "shop" }, ...wanted } }));
  if (!installed) return folder;
  mkdirSync(join(folder, "node_modules"));
  writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
  return folder;
}

const pino = { "node_modules/pino": { version: "10.4.0", integrity: "sha512-a" } };

t.test("packages that match the lockfile are not stale", async (t) => {
  const elsewhere = { "node_modules/pino-darwin": { version: "1.0.0", optional: true } };
  t.equal(stalePackage(checkoutWith(t, { ...pino, ...elsewhere }, pino)), undefined);
});

t.test("a fresh clone, a new package, another version and other content are stale", async (t) => {
  t.equal(stalePackage(checkoutWith(t, pino, undefined)), "node_modules/pino");
  t.equal(stalePackage(checkoutWith(t, pino, {})), "node_modules/pino");
  const older = { "node_modules/pino": { version: "10.3.0", integrity: "sha512-a" } };
  t.equal(stalePackage(checkoutWith(t, pino, older)), "node_modules/pino");
  const other = { "node_modules/pino": { version: "10.4.0", integrity: "sha512-b" } };
  t.equal(stalePackage(checkoutWith(t, pino, other)), "node_modules/pino");
});

t.test("a new workspace is stale", async (t) => {
  const link = { "node_modules/@sidecart/carts": { resolved: "services/carts", link: true } };
  t.equal(stalePackage(checkoutWith(t, { ...pino, ...link }, pino)), "node_modules/@sidecart/carts");
});
