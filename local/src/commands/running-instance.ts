import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Instance, instanceAt, instancesFolder } from "../instance.ts";
import { recordedRun } from "../process/run-record.ts";
import { StartError } from "../start-error.ts";

/**
 * The instance of a command: the given one, else the only running one. `otherwise` is advice for when no instance is
 * running.
 */
export function chosenInstance(named: string | undefined, otherwise: string): Instance {
  if (named !== undefined) return instanceAt(named);
  const [only, ...others] = runningInstances();
  if (only === undefined) throw new StartError(`no instance is running: npm start, or ${otherwise}`);
  if (others.length === 0) return instanceAt(only);
  throw new StartError(`several instances are running: choose one with --instance: ${[only, ...others].join(", ")}`);
}

/** The URL of an instance's gateway. */
export function gatewayOf({ name, folder }: Instance, otherwise: string): string {
  const run = recordedRun(folder);
  if (run?.gatewayUrl) return run.gatewayUrl;
  if (run) throw new StartError(`instance "${name}" is still starting: try again when it is ready`);
  const options = name === "default" ? "" : ` -- --instance ${name}`;
  throw new StartError(`instance "${name}" is not running: npm start${options}, or ${otherwise}`);
}

function runningInstances(): string[] {
  const home = instancesFolder();
  return foldersIn(home).filter((name) => recordedRun(join(home, name)));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // nothing has ever been started there
  }
}
