import type { Books, CaseName, System } from "./adapter.ts";
import { caseOf } from "./cases.ts";
import type { Counts } from "./load/checks.ts";
import type { Measured } from "./load/closed-loop.ts";
import type { Order } from "./load/main.ts";
import type { LoadProcess } from "./load/process.ts";
import { type Usage, watch } from "./processes.ts";

export type Entry = { name: string; system: System<unknown>; load: LoadProcess };
export type Asked = { caseName: CaseName; connections: number; seconds: number; round: number };

/** The result of one implementation in one round of a case. */
export type Sample = Measured & {
  implementation: string;
  caseName: CaseName;
  connections: number;
  /** By process; `load` is the load generator. */
  usage: Record<string, Usage>;
  /** The time from the last response until every event was handled, in cases that place orders. */
  settleMs?: number;
  /** The latency of orders' events, from creation to effect. */
  events?: { p50: number; p99: number };
  /** Differences between the responses and the databases. */
  violations: string[];
};

/** Called at the begin and end of the measurement. */
export type Window = { begin(): void; end(): void };

/** The warm-up relative to the measurement. In the first round V8 must still optimise the code of a case. */
const warmUpShare = (round: number) => (round === 1 ? 1 : 0.2);
const hotProduct = 1;
const burstMs = 60_000;

export async function measure(entry: Entry, asked: Asked, window?: Window): Promise<Sample> {
  const { name, system } = entry;
  const { caseName, connections, seconds, round } = asked;
  const { writes, burst } = caseOf(caseName);
  if (burst) await system.stock(hotProduct, burst.units);
  const before = writes ? await system.audit() : undefined;
  const time = burst
    ? { warmUpMs: 0, ms: burstMs, requests: burst.requests }
    : { warmUpMs: seconds * warmUpShare(round) * 1_000, ms: seconds * 1_000 };
  const { measured, usage } = await underLoad(entry, { caseName, connections, ...time }, window);
  const sample = { implementation: name, caseName, connections, usage, ...measured, violations: [] };
  return before ? { ...sample, ...(await afterwards(system, before, measured.all, burst?.units)) } : sample;
}

/** Waits until every event is handled, compares the databases with the responses, and deletes the orders. */
async function afterwards(system: System<unknown>, before: Books, all: Counts, most?: number) {
  const began = performance.now();
  await system.settled();
  const settleMs = performance.now() - began;
  const times = (await system.eventTimes?.())?.toSorted((one, two) => one - two) ?? [];
  const violations = disagreements(before, await system.audit(), all, most);
  await system.restore?.();
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  const events = times.length > 0 && { events: { p50: at(0.5), p99: at(0.99) } };
  return { settleMs, ...events, violations };
}

async function underLoad({ system, load }: Entry, order: Order, window?: Window) {
  const processes = new Map([...system.processes(), ["load", load.pid] as const]);
  let watched = watch(processes);
  let usage: Record<string, Usage> = {};
  const measured = await load.run(order, {
    measuring: () => {
      watched = watch(processes);
      window?.begin();
    },
    measured: () => {
      usage = watched.stop();
      window?.end();
    },
  });
  return { measured, usage };
}

/**
 * Every confirmed order must be in the databases exactly once. A request that failed or was shed may have placed an order.
 */
function disagreements(before: Books, after: Books, { placed, shed, failed }: Counts, most?: number): string[] {
  const unclear = shed + Object.values(failed).reduce((sum, count) => sum + count, 0);
  const orders = after.orders - before.orders;
  const since = (name: "reservations" | "handled") => (after[name] ?? 0) - (before[name] ?? 0);
  const differ = (name: "reservations" | "handled") => after[name] !== undefined && since(name) !== orders;
  return [
    ...(orders < placed || orders > placed + unclear
      ? [`${placed} orders were confirmed, ${orders} were written`]
      : []),
    ...(differ("reservations") ? [`${orders} orders, ${since("reservations")} reservations`] : []),
    ...(differ("handled") ? [`${orders} orders, ${since("handled")} handled events`] : []),
    ...(after.oversold > 0 ? [`${after.oversold} units were sold in excess of the stock`] : []),
    ...(most !== undefined && placed !== most ? [`${placed} were sold of ${most}`] : []),
  ];
}
