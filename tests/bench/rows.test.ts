import t from "tap";
import type { Sample } from "./measure.ts";
import { rowsOf } from "./rows.ts";

const sample = (implementation: string, perSecond: number, cpuSeconds = 1): Sample => ({
  implementation,
  caseName: "product",
  connections: 16,
  seconds: 2,
  perSecond,
  right: perSecond * 2,
  ...{ p50: 1, p90: 2, p99: 3, longest: 4, shed: 0 },
  all: { right: perSecond * 2, placed: 0, shed: 0, failed: { "status 500": 2 }, wrong: 1, texts: ["no"] },
  usage: {
    gateway: { cpuSeconds, mebibytes: 90 },
    orders: { cpuSeconds, mebibytes: 90 },
    load: { cpuSeconds, mebibytes: 60 },
  },
  violations: ["one order too many"],
});

const rounds = [
  [sample("ours", 100), sample("theirs", 50)],
  [sample("ours", 30, 2), sample("theirs", 10)],
  [sample("ours", 90), sample("theirs", 30)],
];

t.test("a ratio compares samples of the same round, not medians", async (t) => {
  const [ours, theirs] = rowsOf(rounds.flat());
  t.same(ours?.ratios, { theirs: { median: 3, least: 2, most: 3 } });
  t.same(theirs?.ratios, {}, "only the first implementation has ratios");
});

t.test("a row has the median with minimum and maximum, and the sum of all problems", async (t) => {
  const [ours] = rowsOf(rounds.flat());
  t.same(ours?.perSecond, { median: 90, least: 30, most: 100 });
  t.same([ours?.failed, ours?.wrong, ours?.violations.length], [6, 3, 3]);
});

t.test("the CPU of the load generator is counted separately", async (t) => {
  const [ours] = rowsOf(rounds.flat());
  t.same(ours?.cores, { median: 1, least: 1, most: 2 });
  t.same(ours?.loadCores, { median: 0.5, least: 0.5, most: 1 });
});
