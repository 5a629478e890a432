import { StartError } from "../start-error.ts";
import { ManagedProcess, type ProcessSpec } from "./managed-process.ts";
import { type Probe, untilReady } from "./readiness.ts";

/** A server without the rest of the system, for a test or by hand. */
export interface Alone {
  pid: number;
  /** The file of its log. */
  log: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 90_000;
const stopTimeoutMs = 30_000;

/** Starts a server outside an instance and resolves when `probe` returns true. */
export async function startAlone(spec: ProcessSpec, probe: Probe): Promise<Alone> {
  const server = new ManagedProcess(spec);
  server.start();
  const pid = server.pid ?? 0;
  const stop = async () => {
    await server.stop(stopTimeoutMs);
  };
  try {
    await untilReady(server, probe, startTimeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid, log: spec.log, stop };
}

/** Runs a server until Ctrl-C. Prints in one line its address, or why it cannot start. */
export async function runAlone<Server extends Alone>(
  start: (log: (line: string) => void) => Promise<Server>,
  greeting: (server: Server) => string,
): Promise<void> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const began = performance.now();
  try {
    const server = await start(log);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.stop());
    log(`${greeting(server)} after ${seconds} s, as process ${server.pid}; it logs to ${server.log}`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log([error.message, ...error.details].join("\n"));
    process.exitCode = 1;
  }
}
