import { componentProcess, componentSocket } from "../parts/node-programs.ts";
import { isListening } from "../process/readiness.ts";
import type { Run } from "../run.ts";

/** Starts the pluggable component `components/<name>`. It must listen before any sidecar starts. */
export async function startComponent(run: Run, name: string, processName: string = name): Promise<void> {
  const path = componentSocket(run.instance, name);
  const spec = componentProcess(run.instance, name, run.logLevel, processName);
  await run.start("components", spec, () => isListening({ path }));
  await run.system.ready(processName);
}
