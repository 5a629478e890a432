// Runs the programs of `npm run`. It is plain JavaScript without dependencies, so that it can report missing or stale
// packages in one line. npm puts the Node that the packages pin first on PATH. The help of `X.ts` is in `X.help.mjs`,
// which needs no packages either.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stalePackage } from "./stale-packages.mjs";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const [program = "", ...words] = process.argv.slice(2);
const file = resolve(checkout, program);
const problem = findProblem();
if (words.includes("--help")) {
  const { help } = await import(pathToFileURL(file.replace(/(\.test)?\.ts$/, ".help.mjs")).href);
  process.stdout.write(help(words));
} else if (problem) {
  process.stderr.write(`✗ ${problem}: run npm ci first\n`);
  process.exitCode = 1;
} else {
  process.argv.splice(1, 2, file);
  await import(pathToFileURL(file).href);
}

function findProblem() {
  if (!existsSync(join(checkout, "node_modules"))) return "the packages are not installed";
  const stale = stalePackage(checkout);
  if (stale) return `${stale} is not the version in package-lock.json`;
  if (!process.features.typescript) return `Node.js ${process.versions.node} cannot run TypeScript`;
}
