import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { freshClone } from "./src/testing/fresh-clone.ts";

const lock = JSON.stringify({ packages: { "node_modules/node": { version: "24.0.0", integrity: "sha512-a" } } });

/** Runs `npm start` in a clone with these files, where `npm ci` is this script. */
function started(
  t: Test,
  files: Record<string, string>,
  npmCi: string | undefined,
): { code: number | null; said: string } {
  const checkout = freshClone(t);
  const write = (name: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(checkout, name)), { recursive: true });
    writeFileSync(join(checkout, name), text);
    chmodSync(join(checkout, name), mode);
  };
  for (const [name, text] of Object.entries({ "package-lock.json": lock, ...files })) write(name, text);
  if (npmCi !== undefined) write("bin/npm", `#!/bin/sh\n${npmCi}\n`, 0o755);
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, "local/start.mjs")], {
    env: { PATH: `${join(checkout, "bin")}:/usr/bin:/bin` },
    encoding: "utf8",
  });
  return { code: status, said: stderr.replaceAll(checkout, "") };
}

const installing = "· installing packages (npm ci)\n";
const installs = "mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json";

t.test("an npm ci that fails or installs other versions ends the start with one line", async (t) => {
  t.same(started(t, {}, "exit 1"), { code: 1, said: `${installing}✗ npm ci failed\n` });
  const { code, said } = started(t, {}, "exit 0");
  t.equal(code, 1);
  t.match(said, "✗ npm ci did not install the version of node_modules/node in package-lock.json");
});

t.test("if install scripts are off, the error says that Node is missing and why", async (t) => {
  const { code, said } = started(t, {}, installs);
  t.equal(code, 1);
  t.match(said, /✗ npm ci did not install Node\.js in node_modules\/node.*ignore-scripts/);
});

t.test("a Node that cannot run is reported in one line", async (t) => {
  const files = { "node_modules/.package-lock.json": lock, "node_modules/node/bin/node": "no program" };
  const { code, said } = started(t, files, "exit 1");
  t.equal(code, 1);
  t.match(said, /^✗ cannot run \/node_modules\/node\/bin\/node: [^\n]*EACCES[^\n]*\n$/);
});

t.test("the launcher runs under the Node that npm ci installed", async (t) => {
  const node = `ln -sf ${process.execPath} node_modules/node/bin/node`;
  const ci = `${installs} && mkdir -p node_modules/node/bin && ${node}`;
  const { code, said } = started(t, { "local/src/main.ts": "process.exitCode = 7;\n" }, ci);
  t.same({ code, said }, { code: 7, said: installing });
});
