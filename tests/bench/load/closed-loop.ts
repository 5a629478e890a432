import { createHistogram } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { Ask } from "../adapter.ts";
import type { Checks, Counts } from "./checks.ts";
import { Connection } from "./client.ts";

export type Load = {
  connections: number;
  /** The warm-up before the measurement. */
  warmUpMs: number;
  ms: number;
  /** Stops after this many requests, without a time limit, and measures all of them. */
  requests?: number;
};

/** Latencies of correct responses, in milliseconds. */
export type Measured = {
  /** Within the measurement. */
  seconds: number;
  right: number;
  perSecond: number;
  p50: number;
  p90: number;
  p99: number;
  longest: number;
  shed: number;
  /** Of the whole run, including the warm-up and the requests in flight at the end. */
  all: Counts;
};

type Marks = { measuring(): void; measured(): void };

/**
 * One caller per connection sends the next request after each response. No request is aborted at the end, so that the
 * responses can be compared with the databases.
 */
export async function closedLoop(ask: Ask, load: Load, checks: Checks, marks: Marks): Promise<Measured> {
  const { connections, warmUpMs, ms, requests } = load;
  const began = performance.now();
  const tally = new Tally(began + warmUpMs, began + warmUpMs + ms);
  const window = requests ? undefined : tell(marks, warmUpMs, ms);
  if (requests) marks.measuring();
  let left = requests ?? Number.POSITIVE_INFINITY;
  const caller = async () => {
    const connection = new Connection();
    while (left > 0 && performance.now() < tally.until) {
      left -= 1;
      await exchange(connection, ask, checks, tally);
    }
    await connection.close();
  };
  await Promise.all(Array.from({ length: connections }, caller));
  await window;
  if (requests) marks.measured();
  return { ...tally.over(requests ? performance.now() - began : ms), all: checks.counts };
}

async function tell(marks: Marks, warmUpMs: number, ms: number): Promise<void> {
  await pause(warmUpMs);
  marks.measuring();
  await pause(ms);
  marks.measured();
}

async function exchange(connection: Connection, ask: Ask, checks: Checks, tally: Tally): Promise<void> {
  const asked = ask();
  const start = performance.now();
  try {
    const verdict = checks.see(asked, await connection.send(asked));
    tally.count(verdict, start, performance.now());
  } catch (error) {
    checks.fail(String(error));
  }
}

/** Counts the responses within the measurement. */
class Tally {
  readonly #from: number;
  readonly until: number;
  readonly #microseconds = createHistogram();
  #right = 0;
  #shed = 0;

  constructor(from: number, until: number) {
    this.#from = from;
    this.until = until;
  }

  count(verdict: ReturnType<Checks["see"]>, start: number, end: number): void {
    if (end < this.#from || end > this.until) return;
    if (verdict === "shed") this.#shed += 1;
    if (verdict !== "right") return;
    this.#right += 1;
    this.#microseconds.record(Math.max(1, Math.round((end - start) * 1_000)));
  }

  over(ms: number): Omit<Measured, "all"> {
    const at = (percent: number) => this.#microseconds.percentile(percent) / 1_000;
    const [seconds, right] = [ms / 1_000, this.#right];
    const times = { p50: at(50), p90: at(90), p99: at(99), longest: at(100) };
    return { seconds, right, perSecond: right / seconds, ...times, shed: this.#shed };
  }
}
