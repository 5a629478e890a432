import { once } from "node:events";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { LeaseBatches, type LeaseQueueOptions, type Settlement, startLeaseQueue } from "./lease-queue.ts";

type Options = Partial<LeaseQueueOptions<number, number>>;

const never = new AbortController().signal;
const hour = 3_600_000;

/** A queue of numbers that records what it claimed, worked on and settled. */
function queueOf(waiting: number[], options: Options = {}) {
  const seen = { claims: 0, batches: [] as number[][], settled: [] as Settlement<number>[] };
  const all: LeaseQueueOptions<number, number> = {
    size: 3,
    sweepMs: hour,
    gatherMs: 0,
    async claim(settlement, size) {
      seen.claims += 1;
      if (settlement.done.length + settlement.again.length > 0) seen.settled.push(settlement);
      return waiting.splice(0, size);
    },
    failed: () => 0,
    ...options,
    async work(items, signal) {
      seen.batches.push([...items]);
      return options.work?.(items, signal) ?? { done: items, again: [] };
    },
  };
  return { seen, all, waiting };
}

t.test("a batch is settled with the next claim", async (t) => {
  const { seen, all } = queueOf([1, 2, 3, 4]);
  const batches = new LeaseBatches(all, never);
  t.equal(await batches.next(), "full");
  t.same(seen.settled, []);
  t.equal(await batches.next(), "some");
  t.same(seen.settled, [{ done: [1, 2, 3], again: [] }]);
  t.equal(await batches.next(), "none");
  t.same(seen.settled.at(-1), { done: [4], again: [] });
  t.equal(await batches.next(), "none");
  t.equal(seen.claims, 3, "then it waits");
});

t.test("unfinished items are settled at once, and are claimed again at once when they need not wait", async (t) => {
  const later = queueOf([1, 2], { work: async () => ({ done: [1], again: [{ key: 2, afterSeconds: 60 }] }) });
  const settled = new LeaseBatches(later.all, never);
  t.equal(await settled.next(), "full", "more may be due");
  t.same(later.seen.settled, [{ done: [1], again: [{ key: 2, afterSeconds: 60 }] }]);
  t.equal(await settled.next(), "none");
  const now = queueOf([1, 2], { work: async () => ({ done: [1], again: [{ key: 2, afterSeconds: 0 }] }) });
  const batches = new LeaseBatches(now.all, never);
  t.equal(await batches.next(), "full");
  t.equal(batches.restMs, 0);
});

t.test("after a full batch with a refused item the next batch follows at once", async (t) => {
  const refuses = (refused: number) => async (items: number[]) => ({
    done: items.filter((item) => item !== refused),
    again: items.filter((item) => item === refused).map((key) => ({ key, afterSeconds: 60 })),
  });
  const { seen, all } = queueOf([1, 2, 3, 4, 5, 6, 7], { work: refuses(2) });
  const queue = startLeaseQueue(all);
  await eventually("all batches", async () => seen.batches.length === 3);
  await queue.stop();
  t.same(seen.batches, [[1, 2, 3], [4, 5, 6], [7]], "without a sweep, which comes after an hour");
  t.same(seen.settled[0], { done: [1, 3], again: [{ key: 2, afterSeconds: 60 }] });
});

t.test(
  "after a batch with a refused item the next one follows at once, even when a claim stops before its size",
  async (t) => {
    const work = async (items: number[]) => ({
      done: items.filter((item) => item !== 1),
      again: items.filter((item) => item === 1).map((key) => ({ key, afterSeconds: 60 })),
    });
    const waiting = [1, 2, 3, 4, 5];
    const claim = async (_: unknown, size: number) => waiting.splice(0, Math.min(size, 2));
    const { seen, all } = queueOf([], { work, claim });
    const queue = startLeaseQueue(all);
    await eventually("all batches", async () => seen.batches.length === 3);
    await queue.stop();
    t.same(seen.batches, [[1, 2], [3, 4], [5]], "without a sweep, which comes after an hour");
  },
);

t.test("after a full batch in which nothing succeeded the queue rests", async (t) => {
  const work = async (items: number[]) => ({ done: [], again: items.map((key) => ({ key, afterSeconds: 60 })) });
  const batches = new LeaseBatches(queueOf([1, 2, 3, 4], { work }).all, never);
  t.equal(await batches.next(), "none");
  t.ok(batches.restMs > 0);
});

t.test("a kick during a failing claim triggers another claim at once", async () => {
  let claims = 0;
  const { all } = queueOf([], {
    failed: () => hour,
    async claim() {
      claims += 1;
      if (claims > 1) return [];
      await new Promise((resolve) => setImmediate(resolve));
      queue.kick();
      throw new Error("the database is away");
    },
  });
  const queue = startLeaseQueue(all);
  await eventually("the second claim", async () => claims === 2);
  await queue.stop();
  t.equal(claims, 2);
});

t.test("a failure delays the next claim, although unfinished items need not wait", async (t) => {
  const work = async (items: number[]) => ({ done: [], again: items.map((key) => ({ key, afterSeconds: 0 })) });
  const claim = async (_: unknown, size: number) => {
    if (size === 0) throw new Error("the database is away");
    return [1];
  };
  const batches = new LeaseBatches(queueOf([], { work, claim }).all, never);
  await t.rejects(batches.next(), /away/);
  batches.retryIn(hour);
  t.ok(batches.restMs > 0);
});

t.test("items handed over are worked on without a claim, even when claims fail", async (t) => {
  const hand = [7, 8];
  const { seen, all } = queueOf([], {
    handed: (most) => hand.splice(0, most),
    claim: () => Promise.reject(new Error("the database is away")),
  });
  const batches = new LeaseBatches(all, never);
  await t.rejects(batches.next(), /away/);
  t.same(seen.batches, [[7, 8]]);
});

t.test("a settlement that failed is repeated later", async (t) => {
  let away = false;
  const settled: number[][] = [];
  const waiting = [1];
  const { all } = queueOf([], {
    async claim({ done }, size) {
      if (away) throw new Error("the database is away");
      settled.push(done);
      return waiting.splice(0, size);
    },
  });
  const batches = new LeaseBatches(all, never);
  await batches.next();
  away = true;
  await t.rejects(batches.next(), /away/);
  away = false;
  await batches.settle();
  t.same(settled, [[], [1]]);
});

t.test("a kick and a hand-over each wake the queue", async (t) => {
  const hand: number[] = [];
  const { seen, all, waiting } = queueOf([], { handed: (most) => hand.splice(0, most) });
  const queue = startLeaseQueue(all);
  await eventually("the first claim", async () => seen.claims === 1);
  waiting.push(1);
  queue.kick();
  await eventually("the batch to be settled", async () => seen.settled.length === 1);
  hand.push(2);
  queue.wake();
  await eventually("the next batch to be settled", async () => seen.settled.length === 2);
  await queue.stop();
  t.same(seen.batches, [[1], [2]]);
});

t.test("after a failure with a pause, a kick starts no batch", async (t) => {
  const { seen, all, waiting } = queueOf([1], { work: async () => ({ done: [1], again: [], pauseMs: hour }) });
  const queue = startLeaseQueue(all);
  await eventually("the first batch", async () => seen.batches.length === 1);
  waiting.push(2);
  queue.kick();
  await queue.stop();
  t.same(seen.batches, [[1]]);
  t.same(seen.settled, [{ done: [1], again: [] }], "the finished items are settled");
});

t.test("stopping aborts the batch in progress, and settles what it returns", async (t) => {
  const began = Promise.withResolvers<void>();
  const { seen, all } = queueOf([1, 2], {
    async work(items, signal) {
      began.resolve();
      await once(signal, "abort");
      return { done: [], again: items.map((key) => ({ key, afterSeconds: 2 })) };
    },
  });
  const queue = startLeaseQueue(all);
  await began.promise;
  await queue.stop();
  t.same(seen.settled, [{ done: [], again: [1, 2].map((key) => ({ key, afterSeconds: 2 })) }]);
});

t.test("a queue that may run last batches works on due items while it stops", async (t) => {
  const { seen, all, waiting } = queueOf([], { lastBatchesMs: 10_000 });
  const queue = startLeaseQueue(all);
  await eventually("the first claim", async () => seen.claims === 1);
  waiting.push(1, 2, 3, 4);
  await queue.stop();
  t.same(seen.batches, [[1, 2, 3], [4]]);
  t.same(
    seen.settled.flatMap(({ done }) => done),
    [1, 2, 3, 4],
  );
});
