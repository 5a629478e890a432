import type { CaseName } from "./adapter.ts";
import type { Sample } from "./measure.ts";

/** The results of an implementation in a case, over all rounds. Times are in milliseconds. */
export type Row = {
  implementation: string;
  caseName: CaseName;
  connections: number;
  perSecond: Spread;
  p50: Spread;
  p90: Spread;
  p99: Spread;
  settleMs?: Spread;
  eventP50?: Spread;
  eventP99?: Spread;
  right: number;
  shed: number;
  failed: number;
  wrong: number;
  violations: string[];
  /** Used CPU cores: `cores` of the system, `loadCores` of the load generator. */
  cores: Spread;
  loadCores: Spread;
  /** For the first implementation (ours): its throughput relative to each other implementation, per round. */
  ratios: Record<string, Spread>;
};

export type Spread = { median: number; least: number; most: number };

export function rowsOf(samples: readonly Sample[]): Row[] {
  const groups = Map.groupBy(samples, ({ implementation, caseName, connections }) =>
    [caseName, connections, implementation].join(" "),
  );
  return [...groups.values()].map((group) => rowOf(group, samples));
}

function rowOf(rounds: Sample[], samples: readonly Sample[]): Row {
  const [{ implementation, caseName, connections }] = rounds as [Sample];
  const of = (value: (sample: Sample) => number) => spreadOf(rounds.map(value));
  const sum = (value: (sample: Sample) => number) => rounds.reduce((total, one) => total + value(one), 0);
  const settled = rounds.flatMap(({ settleMs }) => settleMs ?? []);
  const events = rounds.flatMap((one) => one.events ?? []);
  const same = samples.filter((one) => one.caseName === caseName && one.connections === connections);
  const others = Map.groupBy(
    implementation === samples[0]?.implementation ? same.filter((one) => one.implementation !== implementation) : [],
    (one) => one.implementation,
  );
  return {
    implementation,
    caseName,
    connections,
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ p50 }) => p50),
    p90: of(({ p90 }) => p90),
    p99: of(({ p99 }) => p99),
    ...(settled.length > 0 && { settleMs: spreadOf(settled) }),
    ...(events.length > 0 && {
      eventP50: spreadOf(events.map(({ p50 }) => p50)),
      eventP99: spreadOf(events.map(({ p99 }) => p99)),
    }),
    right: sum(({ right }) => right),
    shed: sum(({ shed }) => shed),
    failed: sum(({ all }) => Object.values(all.failed).reduce((total, count) => total + count, 0)),
    wrong: sum(({ all }) => all.wrong),
    violations: rounds.flatMap(({ violations }) => violations),
    cores: of((sample) => coresOf(sample, (name) => name !== "load")),
    loadCores: of((sample) => coresOf(sample, (name) => name === "load")),
    ratios: Object.fromEntries(
      [...others].map(([name, theirs]) => [name, spreadOf(rounds.flatMap((one, at) => ratio(one, theirs[at])))]),
    ),
  };
}

/** The ratio of two samples of the same round. */
const ratio = (one: Sample, other: Sample | undefined): number[] =>
  other && other.perSecond > 0 ? [one.perSecond / other.perSecond] : [];

function coresOf({ usage, seconds }: Sample, counts: (name: string) => boolean): number {
  const used = Object.entries(usage).filter(([name]) => counts(name));
  return used.reduce((sum, [, { cpuSeconds }]) => sum + cpuSeconds, 0) / seconds;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, two) => one - two);
  const middle = (sorted.length - 1) / 2;
  const at = (place: number) => sorted[place] ?? Number.NaN;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}
