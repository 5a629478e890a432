// `npm start` on a fresh clone: plain JavaScript without dependencies, so that whatever Node the machine has can run it.
// Installs the packages when they are missing or not those of package-lock.json, then hands over to the launcher under
// the Node that they pin.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stalePackage } from "./stale-packages.mjs";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const node = join(checkout, "node_modules", "node", "bin", "node");
const launcher = join(checkout, "local", "src", "main.ts");

const stale = stalePackage(checkout);
if (stale || !existsSync(node)) {
  const why = stale && existsSync(node) ? `${stale} is not what package-lock.json names: ` : "";
  process.stderr.write(`· ${why}installing packages (npm ci)\n`);
  const npm = spawnSync("npm", ["ci"], { cwd: checkout, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0) {
    process.stderr.write("✗ npm ci failed\n");
    process.exit(1);
  }
}

const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: "inherit" });
// A terminal's Ctrl-C reaches the launcher too, which takes signals that arrive together for one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
