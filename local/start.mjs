// `npm start` on a fresh clone: plain JavaScript without dependencies, so that whatever Node the machine has can run it.
// Installs the packages when they are missing or not those of package-lock.json, then hands over to the launcher under
// the Node that they pin.
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
  const why = stale && existsSync(node) ? `${stale} is not what package-lock.json names: ` : "";
  process.stderr.write(`· ${why}installing packages (npm ci)\n`);
  const npm = spawnSync("npm", ["ci"], { cwd: checkout, stdio: ["ignore", 2, 2] });
  if (npm.error) fail(`npm cannot be run: ${npm.error.message}: install Node.js with npm`);
  if (npm.status !== 0) fail("npm ci failed");
  const missing = stalePackage(checkout);
  if (missing) fail(`npm ci did not install ${missing} as package-lock.json names it: see "npm config list"`);
  if (!existsSync(node)) {
    fail(
      "npm ci left no Node.js in node_modules/node, whose install script fetches it: see ignore-scripts in npm's settings",
    );
  }
}

const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: "inherit" });
child.on("error", ({ message }) => fail(`${node} cannot be run: ${message}: delete node_modules and start again`));
// A terminal's Ctrl-C reaches the launcher too, which takes signals that arrive together for one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});

function fail(text) {
  process.stderr.write(`✗ ${text}\n`);
  process.exit(1);
}
