import { isUsed } from "./used-parts.ts";

/** What of a workspace ships: its manifest, a service's declaration, and these folders. */
const shippedFiles = ["package.json", "service.ts"];
const shippedFolders = ["src", "gen", "migrations", "proto"];
const forTests = /\.test\.(ts|sql)$|\.md$|(^|\/)(testing\.ts$|testing\/|conformance\/)/;

/** Whether an image contains this file of a workspace. The path is relative to the workspace. */
export function shipsFromWorkspace(file: string): boolean {
  if (shippedFiles.includes(file)) return true;
  return shippedFolders.includes(file.split("/", 1)[0] ?? "") && !forTests.test(file);
}

const legal = /(^|\/)(licen[cs]e|notice|copying|copyright)[^/]*$/i;
// Node strips no types below node_modules, so it never loads TypeScript files there.
const unread =
  /\.(test\.[cm]?js|md|markdown|map|[cm]?ts|tsx|flow|coffee|tsbuildinfo)$|(^|\/)(\.[^/]+|tsconfig[^/]*\.json)$/i;
const beside = /^(tests?|__tests__|docs?|examples?|benchmarks?|coverage|man|\.[^/]+)\//i;

/** Second builds of the same code for bundlers and browsers. Node loads the build in `main` or `exports`. */
const otherBuilds = [
  { package: /^@opentelemetry\//, files: /^build\/(esm|esnext)\// },
  { package: /^protobufjs$/, files: /^dist\// },
  { package: /^@types\//, files: /^/ },
];

/** Whether an image contains this file of an installed package. The path is relative to the package. */
export function shipsFromPackage(name: string, file: string): boolean {
  if (legal.test(file)) return !/^@types\//.test(name);
  if (unread.test(file) || beside.test(file) || !isUsed(name, file)) return false;
  return !otherBuilds.some((build) => build.package.test(name) && build.files.test(file));
}
