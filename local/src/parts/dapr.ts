import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { coerce, satisfies } from "semver";
import { findProgram } from "../process/find-program.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";
import { builtRuntime } from "./dapr-build.ts";

/** The programs of one Dapr version. */
export interface DaprRuntime {
  daprd: string;
  placement: string;
  scheduler: string;
  /** Missing in some installations: sidecars then run without mutual TLS. */
  sentry: string | undefined;
  version: string;
  /** Our build, with bug fixes that no release has (docs/brokers.md). */
  ours: boolean;
}

const needed = ["daprd", "placement", "scheduler"];
const oldest = "1.16";

/**
 * The Dapr to run: the folder in SIDECART_DAPR_DIR, else an installed Dapr ≥ 1.16 (PATH, ~/.dapr/bin), else our own
 * build, which is built once and cached.
 */
export async function findDapr(note: (text: string) => void, signal?: AbortSignal): Promise<DaprRuntime> {
  const named = process.env.SIDECART_DAPR_DIR;
  if (named) {
    if (!holdsDapr(named)) throw new StartError(`SIDECART_DAPR_DIR: ${named} does not contain ${needed.join(", ")}`);
    return describe(named, await versionIn(named), false);
  }
  for (const folder of [
    ...(process.env.PATH ?? "").split(delimiter).filter(Boolean),
    join(homedir(), ".dapr", "bin"),
  ]) {
    if (!holdsDapr(folder)) continue;
    const version = await versionIn(folder);
    if (isRecent(version)) return describe(folder, version, false);
    note(`Dapr ${version} in ${folder} is older than ${oldest}: not used`);
  }
  const folder = await builtRuntime(note, signal);
  return describe(folder, await versionIn(folder), true);
}

/** True for 1.16 and later releases and their release candidates. */
export function isRecent(version: string): boolean {
  return satisfies(coerce(version) ?? "", `>=${oldest}`);
}

function holdsDapr(folder: string): boolean {
  return needed.every((name) => findProgram(join(folder, name)));
}

async function versionIn(folder: string): Promise<string> {
  const answer = await runCommand(join(folder, "daprd"), ["--version"]);
  return answer.trim().split("\n").at(-1) ?? "";
}

function describe(folder: string, version: string, ours: boolean): DaprRuntime {
  const program = (name: string) => join(folder, name);
  const sentry = findProgram(program("sentry"));
  const [daprd, placement, scheduler] = [program("daprd"), program("placement"), program("scheduler")];
  return { daprd, placement, scheduler, sentry, version, ours };
}
