import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Patch } from "@sidecart/dapr/patches";
import { coerce, lt } from "semver";
import { findProgram } from "../process/find-program.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";
import { cachedFolder } from "./cached-folder.ts";
import { patchFlag } from "./go-patches.ts";

/** Programs of one of our Go modules. */
export interface GoBuild {
  /** Name of the result for messages: "the Dapr runtime". */
  title: string;
  /** Prefix of the folder in the cache. */
  name: string;
  /** The folder of go.mod. */
  source: string;
  /** The main packages, such as `./cmd/daprd`. */
  packages: readonly string[];
  /** Duration of a first build for messages: "some minutes". */
  takes: string;
  /** What to do on a machine that cannot build it. */
  advice: string;
  /** Values of string variables, by import path and name (the linker's -X). */
  variables?: Readonly<Record<string, string>>;
  /** Changes of the modules' sources. */
  patches?: readonly Patch[];
}

// From 1.21 on, `go` downloads the version that go.mod requires.
const oldestGo = "1.21.0";

/** The folder of the programs. Builds them if this source has not been built with this Go version yet. */
export async function goBuild(build: GoBuild, note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  const hash = await contentHash(build, await goVersion(build, signal));
  const fill = (folder: string) => compile(build, folder, note, signal);
  return cachedFolder({ name: `${build.name}-${hash}`, title: build.title, fill }, note);
}

async function goVersion({ title, source, advice }: GoBuild, signal?: AbortSignal): Promise<string> {
  if (!findProgram("go")) throw new StartError(`Go is missing, which builds ${title}: ${advice}`);
  const installed = await runCommand("go", ["version"], { cwd: "/", signal });
  const version = coerce(installed) ?? oldestGo;
  if (lt(version, oldestGo)) throw new StartError(`Go ${version} is too old to build ${title}: ${advice}`);
  try {
    return await runCommand("go", ["env", "GOVERSION"], { cwd: source, signal });
  } catch (error) {
    const details = error instanceof StartError ? error.details : [];
    throw new StartError(`Go ${version} cannot build ${title}: ${advice}`, details);
  }
}

/**
 * A hash of everything that determines the build: Go's version, go.mod, go.sum, our sources, linked values and patches.
 */
async function contentHash({ source, packages, variables, patches }: GoBuild, go: string): Promise<string> {
  const files = (await readdir(source, { recursive: true })).filter((name) => /(\.go|go\.mod|go\.sum)$/.test(name));
  const hash = createHash("sha256").update(`${go} ${process.platform} ${process.arch}`);
  hash.update(JSON.stringify([packages, variables, patches]));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(await readFile(join(source, file)));
  return hash.digest("hex").slice(0, 16);
}

async function compile(
  { title, source, packages, takes, variables = {}, patches = [] }: GoBuild,
  folder: string,
  note: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false" };
  note(`building ${title}: once, ${takes}`);
  const listed = await runCommand("go", ["list", "-deps", ...packages], { cwd: source, env, signal });
  const total = listed.split("\n").length;
  let compiled = 0;
  let told = 0;
  const onLine = (line: string) => {
    if (/\s/.test(line)) return; // "go: downloading …"; a line about a package is one word
    compiled += 1;
    if (compiled < told + 200) return;
    told = compiled;
    note(`building ${title}: ${compiled} of at most ${total} packages`);
  };
  // -s -w: no symbol tables
  const linked = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  // The program contains the path of a replaced module. A constant path makes builds reproducible.
  const patchFolder = `${folder}.patched`;
  await rm(patchFolder, { recursive: true, force: true });
  await mkdir(patchFolder, { recursive: true });
  try {
    const patched = await patchFlag(patches, source, patchFolder, env);
    const flags = ["-v", "-trimpath", ...patched, "-ldflags", ["-s", "-w", ...linked].join(" "), "-o", folder];
    const [command = "go", ...args] = [...lowPriority(), "go", "build", ...flags, ...packages];
    await runCommand(command, args, { cwd: source, env, signal, onLine });
  } finally {
    await rm(patchFolder, { recursive: true, force: true });
  }
}

function lowPriority(): string[] {
  return findProgram("nice") ? ["nice", "-n", "10"] : [];
}
