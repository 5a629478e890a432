import { type Clock, systemClock } from "../ids.ts";
import type { Logger } from "../telemetry/log.ts";

/** How often the log repeats unchanged problems. */
const repeatMs = 5 * 60_000;

/** Why a process is not ready, by source. */
export type Problems = {
  all(): readonly string[];
  /** Replaces the problems of this source. Call it at every check: it also repeats the line in the log. */
  report(source: string, found: readonly string[]): void;
};

/** Logs one line of level error when the problems change, and again every five minutes. */
export function createProblems(log: Logger, clock: Clock = systemClock): Problems {
  const bySource = new Map<string, readonly string[]>();
  let logged = { text: "", at: 0 };
  const all = () => [...bySource.values()].flat();
  return {
    all,
    report(source, found) {
      bySource.set(source, found);
      const text = all().join("; ");
      const at = clock.now().getTime();
      if (text === logged.text && (text === "" || at - logged.at < repeatMs)) return;
      if (text === "") log.info("all problems are resolved");
      else log.error({ problems: all() }, `not ready: ${text}`);
      logged = { text, at };
    },
  };
}
