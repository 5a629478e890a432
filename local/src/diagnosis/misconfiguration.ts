import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { ProcessSpec } from "../process/managed-process.ts";
import type { StartError } from "../start-error.ts";
import type { System } from "../system.ts";
import { declaredIn } from "./declared.ts";
import { remedied } from "./remedy.ts";
import { troublesIn } from "./sidecar-log.ts";

interface Misconfigurable {
  misconfiguration(): StartError | undefined;
}

/** The error that a run's sidecars report about a component, in one line; undefined if there is none. */
export function misconfigurationOf({ processes }: Pick<System, "processes">): StartError | undefined {
  for (const { spec } of processes.values()) {
    const [app] = valuesOf(spec, "--app-id");
    if (app === undefined) continue;
    for (const trouble of troublesIn(readFileSync(spec.log, "utf8"))) {
      const declared = declaredIn(valuesOf(spec, "--resources-path")).find(({ name }) => name === trouble.component);
      const found = remedied(trouble, app, declared);
      if (found) return found;
    }
  }
  return undefined;
}

const pollMs = 250;
const watchMs = 30_000;

/**
 * Rejects when a sidecar reports a misconfiguration after it is ready. A sidecar subscribes to topics only then and
 * does not report when it has finished, so we watch for half a minute, or until `signal`.
 */
export async function watchedMisconfiguration(system: Misconfigurable, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + watchMs; Date.now() < end && !signal.aborted; await pause(pollMs)) {
    const found = system.misconfiguration();
    if (found) throw found;
  }
}

function valuesOf({ args }: ProcessSpec, flag: string): string[] {
  return args.flatMap((word, place) => (word === flag ? [args[place + 1] ?? ""] : []));
}
