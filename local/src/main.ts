import { watchedMisconfiguration } from "./diagnosis/misconfiguration.ts";
import { type Launched, launch } from "./launch.ts";
import { help } from "./main.help.mjs";
import { deathOf } from "./process/readiness.ts";
import { type CliOptions, parseCliOptions } from "./screen/cli-options.ts";
import { MergedLog } from "./screen/merged-log.ts";
import { progressOn, seconds } from "./screen/progress.ts";
import { onStopSignal } from "./screen/stop-signal.ts";
import { summary } from "./screen/summary.ts";
import { seed } from "./seed/seed.ts";
import { StartError } from "./start-error.ts";

const progress = progressOn(process.stderr);
const interrupted = 130; // a shell's exit code for a program that Ctrl-C stopped
const killWithinMs = 2_000;

// A closed terminal or pipe must not prevent us from stopping our processes.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

async function main(): Promise<void> {
  const options = parseCliOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help());
    return;
  }
  const stop = new AbortController();
  const kill = new AbortController();
  onStopSignal({
    first: () => {
      progress.note("stopping (Ctrl-C again kills)");
      stop.abort();
    },
    second: () => {
      progress.note("killing");
      kill.abort();
      process.exitCode = interrupted;
      setTimeout(() => process.exit(interrupted), killWithinMs).unref();
    },
  });
  // A bug in the launcher must not leave processes running.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      process.stderr.write(`✗ ${error instanceof Error ? error.stack : error}\n`);
      process.exitCode = 1;
      stop.abort();
    });
  }
  await run(options, stop.signal, kill.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) return fail(error);
    progress.note("stopped");
    process.exitCode = interrupted;
  });
}

/** Starts and seeds the system, and stops it on a signal or when one of its processes exits unexpectedly. */
async function run(options: CliOptions, stop: AbortSignal, kill: AbortSignal): Promise<void> {
  const began = performance.now();
  let log: MergedLog | undefined;
  const system = await launch({
    ...options,
    signal: stop,
    killSignal: kill,
    onStep: (step) => {
      if (!stop.aborted) progress.step(step);
    },
    onNote: progress.note,
    onInstance: ({ logs }) => {
      if (options.verbose) log = MergedLog.follow(logs, process.stdout);
    },
  }).catch(async (error: unknown) => {
    await log?.stop();
    throw error;
  });
  const watching = new AbortController();
  const watched = watchedMisconfiguration(system, watching.signal).then(() => new Promise<never>(() => {}));
  let ready = false;
  const end = Promise.race([aborted(stop), firstDeath(system), watched]);
  const greeted = greet(system, options, began, stop).then(() => {
    ready = true;
    return end;
  });
  try {
    await Promise.race([end, greeted]).catch((error: unknown) => {
      if (!stop.aborted) fail(system.misconfiguration() ?? error);
    });
  } finally {
    watching.abort();
    if (stop.aborted && !ready) process.exitCode = interrupted;
    const stopping = performance.now();
    const late = await system.stop();
    await log?.stop();
    const killed = late.length === 0 ? "" : `; killed, because they did not stop in time: ${late.join(", ")}`;
    progress.note(`stopped in ${seconds(performance.now() - stopping)}${killed}`);
  }
}

async function greet(system: Launched, options: CliOptions, began: number, stop: AbortSignal): Promise<void> {
  if (options.seed) {
    const seeding = performance.now();
    const made = await seed(system.gatewayUrl, stop);
    progress.step({ name: made ? "sample data" : "sample data (kept)", ms: performance.now() - seeding });
  }
  process.stdout.write(summary(system, performance.now() - began, options.seed));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

function firstDeath(system: Launched): Promise<never> {
  return new Promise((_, reject) => {
    system.onExit((exit) => {
      const process = system.processes.get(exit.name);
      if (process && !exit.expected) reject(deathOf(process, exit));
    });
  });
}

/** Prints a StartError in one line. Any other error is a bug and keeps its stack. */
function fail(error: unknown): void {
  if (!(error instanceof StartError)) throw error;
  progress.failed(error);
  process.exitCode = 1;
}

await main().catch(fail);
