import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";

const root = join(import.meta.dirname, "..");
const lock = JSON.stringify({ packages: { "node_modules/node": { version: "24.0.0" } } });
const program = `process.stdout.write(process.argv.slice(1).join(" "));\nprocess.exitCode = 7 as number;\n`;

/** `npm run greet -- words`, in a checkout with these packages. */
function ran(t: Test, installed: Record<string, object | string>, options: string[] = []) {
  const checkout = t.testdir({ local: {}, "package-lock.json": lock, "greet.ts": program, ...installed });
  for (const name of ["run.mjs", "stale-packages.mjs"]) {
    copyFileSync(join(import.meta.dirname, name), join(checkout, "local", name));
  }
  const words = [...options, join(checkout, "local/run.mjs"), "greet.ts", "--loud", "you"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: checkout, encoding: "utf8" });
  return { code: status, said: (stdout + stderr).replaceAll(checkout, "") };
}

t.test("missing or stale packages are reported in one line", async (t) => {
  t.same(ran(t, {}), { code: 1, said: "✗ the packages are not installed: run npm ci first\n" });
  const other = JSON.stringify({ packages: { "node_modules/node": { version: "23.0.0" } } });
  t.same(ran(t, { node_modules: { ".package-lock.json": other } }), {
    code: 1,
    said: "✗ node_modules/node is not the version in package-lock.json: run npm ci first\n",
  });
});

t.test("a Node that cannot run TypeScript is reported in one line", async (t) => {
  const { code, said } = ran(t, { node_modules: { ".package-lock.json": lock } }, ["--no-strip-types"]);
  t.equal(code, 1);
  t.match(said, /^✗ Node\.js [\d.]+ cannot run TypeScript: run npm ci first\n$/);
});

t.test("the program gets its arguments, and its exit code is returned", async (t) => {
  const installed = { node_modules: { ".package-lock.json": lock } };
  t.same(ran(t, installed), { code: 7, said: "/greet.ts --loud you" });
});

t.test("every npm script with a TypeScript program runs it through run.mjs", async (t) => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const commands = Object.values(scripts).flatMap((script) => script.split(" && "));
  const ours = commands.filter((command) => command.includes(".ts"));
  t.ok(ours.length > 0);
  t.same(
    ours.filter((command) => !command.startsWith("node local/run.mjs ")),
    [],
  );
});
