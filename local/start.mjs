// `npm start`. It is plain JavaScript without dependencies, so that any Node can run it on a fresh clone. It installs
// the packages if they are missing or differ from package-lock.json, then runs the launcher with the Node that they
// pin.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { help } from "./src/main.help.mjs";
import { stalePackage } from "./stale-packages.mjs";

if (process.argv.includes("--help")) {
  process.stdout.write(help());
  process.exit(0);
}
const checkout = fileURLToPath(new URL("..", import.meta.url));
const node = join(checkout, "node_modules", "node", "bin", "node");
const launcher = join(checkout, "local", "src", "main.ts");

const stale = stalePackage(checkout);
if (stale || !existsSync(node)) {
  const why = stale && existsSync(node) ? `${stale} is not the version in package-lock.json: ` : "";
  process.stderr.write(`· ${why}installing packages (npm ci)\n`);
  const npm = spawnSync("npm", ["ci"], { cwd: checkout, stdio: ["ignore", 2, 2] });
  if (npm.error) fail(`cannot run npm: ${npm.error.message}: install Node.js with npm`);
  if (npm.status !== 0) fail("npm ci failed");
  const missing = stalePackage(checkout);
  if (missing) fail(`npm ci did not install the version of ${missing} in package-lock.json: see "npm config list"`);
  if (!existsSync(node)) {
    fail(
      "npm ci did not install Node.js in node_modules/node; an install script does: see ignore-scripts in npm's settings",
    );
  }
}

const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: "inherit" });
child.on("error", ({ message }) => fail(`cannot run ${node}: ${message}: delete node_modules and start again`));
// A terminal's Ctrl-C also reaches the launcher directly. The launcher treats signals that arrive together as one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});

function fail(text) {
  process.stderr.write(`✗ ${text}\n`);
  process.exit(1);
}
