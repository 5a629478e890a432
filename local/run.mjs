// `npm run` of our programs: plain JavaScript without dependencies, so that a checkout without packages, or with those of
// before a `git pull`, is told in one line what it lacks. npm puts the Node that the packages pin first on PATH.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stalePackage } from "./stale-packages.mjs";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const lacking = lack();
if (lacking) {
  process.stderr.write(`✗ ${lacking}: run npm ci first\n`);
  process.exitCode = 1;
} else {
  process.argv.splice(1, 2, resolve(checkout, process.argv[2]));
  await import(pathToFileURL(process.argv[1]).href);
}

function lack() {
  if (!existsSync(join(checkout, "node_modules"))) return "the packages are not installed";
  const stale = stalePackage(checkout);
  if (stale) return `${stale} is not what package-lock.json names`;
  if (!process.features.typescript) return `Node.js ${process.versions.node} runs no TypeScript`;
}
