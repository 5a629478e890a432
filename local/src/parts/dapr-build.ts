import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, checkout } from "../instance.ts";
import { withFileLock } from "../process/file-lock.ts";
import { findProgram } from "../process/find-program.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";

const source = join(checkout, "local", "runtime");
const programs = ["daprd", "placement", "scheduler", "sentry"];
const advice = "install Go from https://go.dev/dl, or Dapr 1.16 or later (https://docs.dapr.io), then try again";

// From 1.21 on, `go` fetches by itself the version that go.mod asks for.
const oldestGo = [1, 21] as const;

/** The folder with our build of Dapr; builds it first when this source and Go version have not been built yet. */
export async function builtRuntime(note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  const go = await goVersion(signal);
  const folder = join(cacheFolder, `runtime-${await contentHash(go)}`);
  if (await exists(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  await withFileLock(
    `${folder}.lock`,
    () => note("another launcher builds the Dapr runtime: waiting for it"),
    async () => {
      if (!(await exists(folder))) await build(folder, note, signal);
    },
  );
  return folder;
}

async function goVersion(signal?: AbortSignal): Promise<string> {
  if (!findProgram("go")) throw new StartError(`no Dapr and no Go to build it with: ${advice}`);
  const installed = (await runCommand("go", ["version"], { cwd: "/", signal })).match(/go(\d+)\.(\d+)/);
  const [, major = "0", minor = "0"] = installed ?? [];
  if (Number(major) === oldestGo[0] && Number(minor) < oldestGo[1]) {
    throw new StartError(`Go ${major}.${minor} is too old to build the Dapr runtime: ${advice}`);
  }
  try {
    return await runCommand("go", ["env", "GOVERSION"], { cwd: source, signal });
  } catch (error) {
    const details = error instanceof StartError ? error.details : [];
    throw new StartError(`Go ${major}.${minor} cannot build the Dapr runtime: ${advice}`, details);
  }
}

/** Changes whenever the build would: Go's version, go.mod, go.sum and our own sources. */
async function contentHash(go: string): Promise<string> {
  const files = (await readdir(source, { recursive: true })).filter((name) => /(\.go|go\.mod|go\.sum)$/.test(name));
  const hash = createHash("sha256").update(`${go} ${process.platform} ${process.arch}`);
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(await readFile(join(source, file)));
  return hash.digest("hex").slice(0, 16);
}

async function build(folder: string, note: (text: string) => void, signal?: AbortSignal): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false" };
  note("building the Dapr runtime: once, some minutes");
  const listed = await runCommand("go", ["list", "-deps", "./cmd/..."], { cwd: source, env, signal });
  const total = listed.split("\n").length;
  let compiled = 0;
  let told = 0;
  const onLine = (line: string) => {
    if (/\s/.test(line)) return; // "go: downloading …": a package is one word
    compiled += 1;
    if (compiled < told + 200) return;
    told = compiled;
    note(`building the Dapr runtime: ${compiled} of at most ${total} packages`);
  };
  const [command, ...args] = [
    ...lowPriority(),
    "go",
    "build",
    "-v",
    "-trimpath",
    "-ldflags",
    await linkerFlags(),
    "-o",
    draft,
  ];
  await runCommand(command ?? "go", [...args, ...programs.map((name) => `./cmd/${name}`)], {
    cwd: source,
    env,
    signal,
    onLine,
  });
  await rename(draft, folder);
}

function lowPriority(): string[] {
  return findProgram("nice") ? ["nice", "-n", "10"] : [];
}

/** No symbol tables, and the version that `--version` and the logs tell. */
async function linkerFlags(): Promise<string> {
  const goMod = await readFile(join(source, "go.mod"), "utf8");
  const version = goMod.match(/github\.com\/dapr\/dapr v(\S+)/)?.[1] ?? "unknown";
  const variables = ["github.com/dapr/dapr/pkg/buildinfo.version", "github.com/dapr/kit/logger.DaprVersion"];
  return ["-s", "-w", ...variables.map((name) => `-X ${name}=${version}`)].join(" ");
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
