import { background, type CallContext } from "../rpc/call.ts";
import type { Logger } from "../telemetry/log.ts";

export type Sweep = { stop(): Promise<void> };

/** Repeats `work`, `everyMs` after each run ended. A failure is logged, and the next run is the retry. */
export function startSweep(
  name: string,
  everyMs: number,
  log: Logger,
  work: (context: CallContext) => Promise<void>,
): Sweep {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const turn = async () => {
    await work(background(everyMs + 5_000, abort.signal)).catch((error) => {
      if (!abort.signal.aborted) log.warn({ err: error, sweep: name }, "sweep failed; it is retried");
    });
    schedule();
  };
  const schedule = () => {
    if (abort.signal.aborted) return;
    timer = setTimeout(() => {
      running = turn();
    }, everyMs);
  };
  schedule();
  return {
    async stop() {
      abort.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
