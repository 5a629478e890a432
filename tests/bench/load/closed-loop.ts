import { createHistogram } from "node:perf_hooks";
import type { Ask } from "../adapter.ts";
import type { Checks, Counts } from "./checks.ts";
import { Connection } from "./client.ts";

export type Load = {
  connections: number;
  /** Before the time that counts. */
  warmUpMs: number;
  ms: number;
  /** Ends after so many requests, however long that takes, and counts all of them. */
  requests?: number;
};

/** Times in milliseconds, of right replies alone. */
export type Measured = {
  /** Of the time that counts. */
  seconds: number;
  right: number;
  perSecond: number;
  p50: number;
  p90: number;
  p99: number;
  longest: number;
  shed: number;
  /** Of the whole run, with what was asked while it warmed up and what was still under way at its end. */
  all: Counts;
};

type Marks = { measuring(): void; measured(): void };

/**
 * As many callers as connections, each of whom asks again as soon as it is answered. No request is cut off at the end, so
 * that what was answered can be held against what was written.
 */
export async function closedLoop(ask: Ask, load: Load, checks: Checks, marks: Marks): Promise<Measured> {
  const { connections, warmUpMs, ms, requests = Number.POSITIVE_INFINITY } = load;
  const times = createHistogram();
  const began = performance.now();
  const from = began + warmUpMs;
  const until = from + ms;
  let sent = 0;
  let right = 0;
  let shed = 0;
  const caller = async (connection: Connection) => {
    while (sent < requests && performance.now() < until) {
      sent += 1;
      const exchange = ask();
      const start = performance.now();
      const before = checks.counts.shed;
      try {
        const good = checks.see(exchange, await connection.send(exchange));
        const end = performance.now();
        if (end < from || end > until) continue;
        if (good) {
          right += 1;
          times.record(Math.max(1, Math.round((end - start) * 1_000)));
        } else shed += checks.counts.shed - before;
      } catch (error) {
        checks.fail(String(error));
      }
    }
  };
  const timers = [
    setTimeout(marks.measuring, warmUpMs),
    ...(requests === Number.POSITIVE_INFINITY ? [setTimeout(marks.measured, warmUpMs + ms)] : []),
  ];
  const open = Array.from({ length: connections }, () => new Connection());
  await Promise.all(open.map(caller));
  const seconds = Number.isFinite(requests) ? (performance.now() - began) / 1_000 : ms / 1_000;
  if (Number.isFinite(requests)) marks.measured();
  for (const timer of timers) clearTimeout(timer);
  await Promise.all(open.map((connection) => connection.close()));
  const at = (percent: number) => times.percentile(percent) / 1_000;
  return {
    seconds,
    right,
    perSecond: right / seconds,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    longest: times.max / 1_000,
    shed,
    all: checks.counts,
  };
}
