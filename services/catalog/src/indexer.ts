import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@sidecart/platform/telemetry";
import { type IndexerDeps, indexNoted } from "./index-products.ts";

const sweepMs = 1_000;
const pauseMs = 2_000;

export type Indexer = {
  /** Something was just noted: do not wait for the sweep. */
  kick(): void;
  /** Finishes the batch in hand, or gives it back. */
  stop(): Promise<void>;
};

/** Indexes what was noted, until it is stopped. While search is away it says so once, and tries again with a pause. */
export function startIndexer(
  deps: IndexerDeps,
  log: Logger,
  { sweep = sweepMs, afterFailure = pauseMs } = {},
): Indexer {
  const stop = new AbortController();
  let wake = new AbortController();
  let failing = false;
  const turn = async () => {
    try {
      const outcome = await indexNoted(deps, log, stop.signal);
      if (failing && outcome !== "nothing") {
        failing = false;
        log.info("search: products are indexed again");
      }
      return outcome;
    } catch (error) {
      if (!failing && !stop.signal.aborted) log.warn({ err: error }, "search: indexing fails; it is tried again");
      failing = true;
      return "failed";
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      const outcome = await turn();
      if (outcome === "failed") await rest(afterFailure, stop.signal);
      if (outcome === "failed" || outcome === "more") continue;
      await rest(sweep, AbortSignal.any([stop.signal, wake.signal]));
      wake = new AbortController();
    }
  };
  const done = run();
  return {
    kick: () => wake.abort(),
    async stop() {
      stop.abort();
      await done;
    },
  };
}

const rest = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => {});
