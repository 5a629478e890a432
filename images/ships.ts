/** What of a workspace runs: its manifest and these folders. */
const shippedFolders = ["src", "gen", "migrations", "proto"];
const forTests = /\.test\.(ts|sql)$|\.md$|(^|\/)(testing\.ts$|testing\/|conformance\/)/;

/** Whether a file of a workspace of ours, named from its folder, is part of an image. */
export function shipsFromWorkspace(file: string): boolean {
  if (file === "package.json") return true;
  return shippedFolders.includes(file.split("/", 1)[0] ?? "") && !forTests.test(file);
}

const legal = /(^|\/)(licen[cs]e|notice|copying|copyright)[^/]*$/i;
// Node strips no types below node_modules, so any TypeScript there is typings or sources.
const unread =
  /\.(test\.[cm]?js|md|markdown|map|[cm]?ts|tsx|flow|coffee|tsbuildinfo)$|(^|\/)(\.[^/]+|tsconfig[^/]*\.json)$/i;
const beside = /^(tests?|__tests__|docs?|examples?|benchmarks?|coverage|man|\.[^/]+)\//i;

/** Second builds of the same code, for bundlers and browsers: Node takes what `main` or `exports` name. */
const otherBuilds = [
  { package: /^@opentelemetry\//, files: /^build\/(esm|esnext)\// },
  { package: /^protobufjs$/, files: /^dist\// },
  { package: /^@types\//, files: /^/ },
];

/** Whether a file of an installed package, named from the package's folder, is part of an image. */
export function shipsFromPackage(name: string, file: string): boolean {
  if (legal.test(file)) return !/^@types\//.test(name);
  if (unread.test(file) || beside.test(file)) return false;
  return !otherBuilds.some((build) => build.package.test(name) && build.files.test(file));
}
