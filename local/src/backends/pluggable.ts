import { componentProcess, componentSocket } from "../parts/node-programs.ts";
import { isListening } from "../process/readiness.ts";
import type { Run } from "../run.ts";

/** Starts the pluggable component `components/<name>`, which must listen before any sidecar looks for it. */
export async function startComponent(run: Run, name: string): Promise<void> {
  const path = componentSocket(run.instance, name);
  await run.start("components", componentProcess(run.instance, name, run.logLevel), () => isListening({ path }));
  await run.system.ready(name);
}
