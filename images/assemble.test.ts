import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import { assemble } from "./assemble.ts";
import { type Image, imagesOf } from "./image.ts";

const root = resolve(import.meta.dirname, "..");
const target = { cpu: process.arch, epoch: 1_700_000_000 };
const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));

for (const image of await imagesOf(root)) {
  t.test(`the image ${image.name}`, async (t) => {
    const out = t.testdir();
    await assemble(root, image, out, target);
    await cp(join(out, "sources"), join(out, "packages"), { recursive: true, verbatimSymlinks: true });
    const app = join(out, "packages", "app");
    const files = (await readdir(app, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(app.length + 1));
    await t.test("contains no tests, typings, source maps or documents, except licences", async (t) => {
      const left = files.filter((file) => /(\.test\.[jt]s|\.d\.[cm]?ts|\.map|\.md)$/.test(file));
      t.same(
        left.filter((file) => !/licen[cs]e|notice/i.test(file)),
        [],
      );
    });
    await t.test("contains the production packages and lists them in its SBOM", (t) => packages(t, app, files));
    await t.test("contains nothing that only unused parts of Dapr's SDK need", async (t) => {
      const unused =
        /^node_modules\/(express|body-parser|node-fetch|google-protobuf|@dapr\/durabletask-js|@connectrpc)\//;
      t.same(files.filter((file) => unused.test(file)).slice(0, 5), []);
    });
    await t.test("contains every module that its sources import", (t) => imports(t, app, files));
    if (image.main) await t.test("starts and validates its configuration", (t) => starts(t, app, image));
  });
}

t.test("two runs assemble identical content", async (t) => {
  const [image] = (await imagesOf(root)).filter(({ name }) => name === "component-environment-secrets");
  if (!image) throw new Error("no such image");
  const folders = [t.testdir({ one: {}, other: {} })].flatMap((folder) => [join(folder, "one"), join(folder, "other")]);
  for (const folder of folders) await assemble(root, image, folder, target);
  const [one, other] = await Promise.all(folders.map(digest));
  t.equal(one, other);
});

async function packages(t: Test, app: string, files: string[]): Promise<void> {
  const folders = files.filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file));
  const installed = [];
  for (const file of folders) {
    const place = file.slice(0, -"/package.json".length);
    t.notOk(lock.packages[place]?.dev, `${place} is not a development dependency`);
    const { name, version } = JSON.parse(await readFile(join(app, file), "utf8"));
    installed.push(`${name}@${version}`);
  }
  const sbom = JSON.parse(await readFile(join(app, "sbom.cdx.json"), "utf8"));
  t.match(sbom, { bomFormat: "CycloneDX", metadata: { timestamp: "2023-11-14T22:13:20.000Z" } });
  const listed: string[] = sbom.components.map(({ purl }: { purl: string }) =>
    decodeURIComponent(purl.slice("pkg:npm/".length)),
  );
  const distinct = (names: string[]) => [...new Set(names)].sort();
  const others = listed.filter((name) => !/^@(sidecart|types)\//.test(name));
  t.same(distinct(others), distinct(installed), "SBOM");
}

// Modules that only development code imports.
const onlyInDevelopment = ["ruru/server", "ruru/static"];

async function imports(t: Test, app: string, files: string[]): Promise<void> {
  const wanted: [string, string][] = [];
  for (const file of files.filter((file) => file.endsWith(".ts"))) {
    const code = await readFile(join(app, file), "utf8");
    const found = code.matchAll(
      /^(?:import|export)\b(?! type)(?: [\w\s{},*$]+ from)? "([^"]+)";$|\bimport\("([^"]+)"\)/gm,
    );
    for (const [, fixed, late] of found) wanted.push([file, fixed ?? late ?? ""]);
  }
  const script = `import { existsSync } from "node:fs"; import { builtinModules } from "node:module";
    import { fileURLToPath, pathToFileURL } from "node:url";
    for (const [file, name] of ${JSON.stringify(wanted)}) try {
      const url = import.meta.resolve(name, pathToFileURL(${JSON.stringify(app)} + "/" + file).href);
      if (!url.startsWith("node:") && !existsSync(fileURLToPath(url))) console.log(file, name);
    } catch { console.log(file, name); }`;
  const { out } = await node(["--experimental-import-meta-resolve", "--input-type=module", "--eval", script], app);
  const missing = out.split("\n").filter((line) => line && !onlyInDevelopment.includes(line.split(" ")[1] ?? ""));
  t.ok(wanted.length > 3);
  t.same(missing, []);
}

async function starts(t: Test, app: string, { name }: Image): Promise<void> {
  const { code, errors } = await node(["main.ts"], app, { SIDECART_APP_ID: "Not An Id", SIDECART_LOG_LEVEL: "loud" });
  t.equal(code, 1);
  t.match(errors, /SIDECART_LOG_LEVEL: Invalid option/, name);
}

function node(args: string[], cwd: string, env: Record<string, string> = {}) {
  return new Promise<{ code: unknown; out: string; errors: string }>((resolve) =>
    execFile(process.execPath, args, { cwd, env }, (error, out, errors) =>
      resolve({ code: error ? error.code : 0, out, errors }),
    ),
  );
}

/** A hash of names, modes, times and content. */
async function digest(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const { mode, mtimeMs } = await lstat(path);
    const content = existsSync(path) && mode & 0o100000 ? await readFile(path).catch(() => "") : "";
    const link = await readlink(path).catch(() => "");
    hash.update(`${path.slice(folder.length)} ${mode} ${mtimeMs} ${link}\0`).update(content);
  }
  return hash.digest("hex");
}
