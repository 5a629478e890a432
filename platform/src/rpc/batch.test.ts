import { setInterval as ticks, setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import t from "tap";
import { StatementFailed } from "../database/database.ts";
import { type BatchOptions, createBatcher } from "./batch.ts";
import { background, type CallContext } from "./call.ts";
import { AppError, commonErrors, toAppError } from "./errors.ts";

type Options = Partial<BatchOptions<number, string>>;

/** A batcher of numbers. It records each batch, and how many batches ran at once. */
function counting(options: Options = {}) {
  const batches: number[][] = [];
  const seen = { inProgress: 0, most: 0 };
  const call = createBatcher<number, string>({
    name: "test",
    most: 8,
    parallel: 2,
    waiting: 1_000,
    ...options,
    async run(items, context) {
      batches.push([...items]);
      seen.inProgress += 1;
      seen.most = Math.max(seen.most, seen.inProgress);
      try {
        return await (options.run?.(items, context) ?? items.map(String));
      } finally {
        seen.inProgress -= 1;
      }
    },
  });
  return { call, batches, seen };
}

const soon = () => background(10_000);
const numbers = (count: number) => Array.from({ length: count }, (_, place) => place);

/** Holds a batch until the test opens it. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

t.test("concurrent calls share a batch, and each gets its own result", async (t) => {
  const { call, batches } = counting();
  t.same(await Promise.all([1, 2, 3].map((one) => call(one, soon()))), ["1", "2", "3"]);
  t.same(batches, [[1, 2, 3]]);
});

t.test("a single caller is sent in the next turn of the event loop, without a timer", async (t) => {
  const { call, batches } = counting();
  const answer = call(1, soon());
  await turn();
  t.same(batches, [[1]]);
  t.equal(await answer, "1");
});

t.test("a batch grows as long as each turn of the event loop brings more items", async (t) => {
  const { call, batches } = counting({ windowMs: 10_000 });
  const answers = [call(0, soon()), call(1, soon())];
  await turn();
  answers.push(call(2, soon()));
  t.same(await Promise.all(answers), ["0", "1", "2"]);
  t.same(batches, [[0, 1, 2]]);
});

t.test("every caller gets its own outcome, and batch size and parallelism stay bounded, whatever fails", async (t) => {
  const failing = fc.uniqueArray(fc.nat(60));
  const input = fc.record({ count: fc.integer({ min: 1, max: 60 }), most: fc.integer({ min: 1, max: 9 }), failing });
  const paces = fc.option(fc.constant({ patienceMs: 1, lingerMs: 1 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(input, fc.integer({ min: 1, max: 4 }), paces, async ({ count, most, failing }, parallel, pace) => {
      const run = async (items: readonly number[]) => {
        await turn();
        return items.map((one) => (failing.includes(one) ? new Error(`no ${one}`) : `${one}`));
      };
      const { call, batches, seen } = counting({ most, parallel, run, ...(pace && { pace }) });
      const settled = await Promise.allSettled(numbers(count).map((one) => call(one, soon())));
      const texts = settled.map((one) => (one.status === "fulfilled" ? one.value : one.reason.message));
      t.same(
        texts,
        numbers(count).map((one) => (failing.includes(one) ? `no ${one}` : `${one}`)),
      );
      t.same(batches.flat(), numbers(count), "first come, first served");
      t.ok(batches.every(({ length }) => length <= most));
      t.ok(seen.most <= parallel);
    }),
    { numRuns: 60 },
  );
});

t.test("one bad item that fails the whole batch does not fail the other items", async (t) => {
  const failures = [new AppError(commonErrors.invalid), new StatementFailed()];
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(20), { maxLength: 5 }),
      fc.constantFrom(...failures),
      async (bad, failure) => {
        const run = async (items: readonly number[]) => {
          if (items.some((one) => bad.includes(one))) throw failure;
          return items.map(String);
        };
        const { call, seen } = counting({ most: 30, parallel: 1, run });
        const settled = await Promise.allSettled(numbers(21).map((one) => call(one, soon())));
        t.same(
          settled.map(({ status }) => status),
          numbers(21).map((one) => (bad.includes(one) ? "rejected" : "fulfilled")),
        );
        t.equal(seen.most, 1, "retries keep to the limit");
      },
    ),
    { numRuns: 30 },
  );
});

t.test("when all items fail, the retries are few, and items that were not tried alone may be retried", async (t) => {
  const size = 256;
  const failures = [new AppError(commonErrors.invalid), new StatementFailed()];
  for (const failure of failures) {
    const { call, batches } = counting({ most: size, parallel: 1, run: () => Promise.reject(failure) });
    const outcomes = await call.all(numbers(size), soon());
    t.ok(batches.length <= 1 + 2 * 4 * 8, `${batches.length} runs`);
    const alone = batches.filter(({ length }) => length === 1).flat();
    t.ok(alone.length >= 4);
    for (const [item, outcome] of outcomes.entries())
      t.equal(
        alone.includes(item) ? outcome : toAppError(outcome).code,
        alone.includes(item) ? failure : "UNAVAILABLE",
      );
  }
});

t.test("up to four bad items of the largest batch are found, wherever they are", async (t) => {
  const size = 256;
  const bad = fc.uniqueArray(fc.nat(size - 1), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(bad, async (bad) => {
      const run = async (items: readonly number[]) => {
        if (items.some((one) => bad.includes(one))) throw new StatementFailed();
        return items.map(String);
      };
      const { call } = counting({ most: size, parallel: 1, run });
      const outcomes = await call.all(numbers(size), soon());
      const failed = numbers(size).filter((one) => outcomes[one] instanceof Error);
      t.same(
        failed,
        bad.toSorted((one, other) => one - other),
      );
    }),
    { numRuns: 50 },
  );
});

t.test("any other failure is returned to all callers, and not retried", async (t) => {
  const { call, batches } = counting({ run: () => Promise.reject(new AppError(commonErrors.unavailable)) });
  const settled = await Promise.allSettled([1, 2].map((one) => call(one, soon())));
  t.match(settled, [{ reason: { code: "UNAVAILABLE" } }, { reason: { code: "UNAVAILABLE" } }]);
  t.equal(batches.length, 1);
});

t.test("a result with missing items is an error, never another caller's result", async (t) => {
  const { call } = counting({ run: async () => ["only one"] });
  const settled = await Promise.allSettled([1, 2].map((one) => call(one, soon())));
  t.match(settled, [{ status: "rejected" }, { status: "rejected" }]);
});

t.test("only items of one key share a batch, and the key that waits longest comes first", async (t) => {
  const { call, batches } = counting({ parallel: 1, most: 3, keyOf: (one) => (one < 10 ? "a" : "b") });
  await Promise.all([1, 2, 3, 4, 10, 5, 11].map((one) => call(one, soon())));
  t.same(batches, [
    [1, 2, 3],
    [4, 5],
    [10, 11],
  ]);
});

t.test("batches of several keys run at once, up to the limit", async (t) => {
  const { opened, open } = gate();
  const run = async (items: readonly number[]) => opened.then(() => items.map(String));
  const { call, batches } = counting({ parallel: 3, keyOf: String, run });
  const answers = [1, 2, 3, 4].map((one) => call(one, soon()));
  await turn();
  await turn();
  t.same(batches, [[1], [2], [3]]);
  open();
  t.same(await Promise.all(answers), ["1", "2", "3", "4"]);
});

t.test("the item of a caller that cancels while it waits is dropped", async (t) => {
  const { opened, open } = gate();
  const { call, batches } = counting({ parallel: 1, run: async (items) => opened.then(() => items.map(String)) });
  const first = call(1, soon());
  await turn();
  await turn();
  const leave = new AbortController();
  const gone = call(2, background(10_000, leave.signal));
  const last = call(3, soon());
  leave.abort();
  await t.rejects(gone, { code: "CANCELLED" });
  open();
  t.same(await Promise.all([first, last]), ["1", "3"]);
  t.same(batches, [[1], [3]]);
});

t.test("a caller's own deadline holds, while the batch continues for the others", async (t) => {
  const { opened, open } = gate();
  const { call } = counting({ run: async (items) => opened.then(() => items.map(String)) });
  const [hasty, patient] = [call(1, background(20)), call(2, soon())];
  await t.rejects(hasty, { code: "TIMEOUT" });
  open();
  t.equal(await patient, "2");
});

t.test("a batch has the latest deadline of its callers, and is aborted when the last one cancels", async (t) => {
  let seen: CallContext | undefined;
  const { opened, open } = gate();
  const { call } = counting({
    run: async (items, context) => {
      seen = context;
      await opened;
      return items.map(String);
    },
  });
  const leave = new AbortController();
  const deadline = Date.now() + 5_000;
  const both = [
    call(1, { deadline, signal: leave.signal }),
    call(2, { deadline: deadline - 1_000, signal: leave.signal }),
  ];
  await turn();
  await turn();
  t.equal(seen?.deadline, deadline);
  leave.abort();
  await Promise.allSettled(both);
  t.ok(seen?.signal.aborted);
  open();
});

t.test("a batch of callers with different tokens has no token", async (t) => {
  const shown: unknown[] = [];
  const run = async (items: readonly number[], { authorization }: CallContext) => {
    shown.push(authorization);
    return items.map(String);
  };
  const { call } = counting({ run });
  const as = (...tokens: (string | undefined)[]) =>
    Promise.all(tokens.map((authorization) => call(1, { ...soon(), authorization })));
  await as("one", "one");
  await as("one", undefined);
  await as("one", "two");
  t.same(shown, ["one", undefined, undefined]);
});

t.test("a call is refused at once when too many items wait", async (t) => {
  const { opened, open } = gate();
  const { call } = counting({ parallel: 1, waiting: 2, run: async (items) => opened.then(() => items.map(String)) });
  const first = call(1, soon());
  await turn();
  await turn();
  const queued = [call(2, soon()), call(3, soon())];
  await t.rejects(call(4, soon()), { code: "OVERLOADED", httpStatus: 429 });
  open();
  t.same(await Promise.all([first, ...queued]), ["1", "2", "3"]);
});

t.test("each of a caller's items has its outcome, in their order, in any number of batches", async (t) => {
  const run = async (items: readonly number[]) =>
    items.map((one) => (one % 3 === 0 ? new Error(`no ${one}`) : `${one}`));
  const { call, batches } = counting({ most: 4, parallel: 1, run });
  const text = (outcome: string | Error) => (outcome instanceof Error ? outcome.message : outcome);
  const [some, one, more] = await Promise.all([
    call.all([1, 2, 3, 4, 5, 6], soon()),
    call(7, soon()),
    call.all([8, 9], soon()),
  ]);
  t.same(some.map(text), ["1", "2", "no 3", "4", "5", "no 6"]);
  t.equal(one, "7");
  t.same(more.map(text), ["8", "no 9"]);
  t.same(batches, [[1, 2, 3, 4], [5, 6, 7, 8], [9]], "first come, first served; the limit counts items");
  t.same(await call.all([], soon()), []);
});

t.test("when a batch fails for one of a caller's items, only that item fails", async (t) => {
  const run = async (items: readonly number[]) => {
    if (items.includes(2)) throw new StatementFailed();
    return items.map(String);
  };
  const { call } = counting({ run });
  const outcomes = await call.all([1, 2, 3], soon());
  t.match(outcomes, ["1", { code: "UNAVAILABLE" }, "3"]);
});

t.test("either all of a caller's items wait, or none", async (t) => {
  const { opened, open } = gate();
  const { call, batches } = counting({
    parallel: 1,
    waiting: 3,
    run: async (items) => opened.then(() => items.map(String)),
  });
  const first = call(1, soon());
  await turn();
  await turn();
  const queued = call.all([2, 3], soon());
  await t.rejects(call.all([4, 5], soon()), { code: "OVERLOADED" });
  const last = call(6, soon());
  open();
  t.same(await Promise.all([first, queued, last]), ["1", ["2", "3"], "6"]);
  t.same(batches, [[1], [2, 3, 6]]);
});

t.test("when a caller cancels, all its items end, and the waiting ones are dropped", async (t) => {
  const signals: AbortSignal[] = [];
  const { opened, open } = gate();
  const { call, batches } = counting({
    most: 2,
    parallel: 1,
    run: async (items, { signal }) => {
      signals.push(signal);
      await opened;
      return items.map(String);
    },
  });
  const leave = new AbortController();
  const gone = call.all([1, 2, 3], background(10_000, leave.signal));
  const stays = call(4, soon());
  await turn();
  await turn();
  leave.abort();
  await t.rejects(gone, { code: "CANCELLED" });
  t.ok(signals[0]?.aborted, "the batch has no other caller");
  open();
  t.equal(await stays, "4");
  t.same(batches, [[1, 2], [4]]);
  t.notOk(signals[1]?.aborted);
});

t.test("a caller with several items counts as one: its batch continues for the others when it cancels", async (t) => {
  const { opened, open } = gate();
  let signal: AbortSignal | undefined;
  const { call } = counting({
    run: async (items, context) => {
      signal = context.signal;
      await opened;
      return items.map(String);
    },
  });
  const leave = new AbortController();
  const gone = call.all([1, 2], background(10_000, leave.signal));
  const stays = call(3, soon());
  await turn();
  await turn();
  leave.abort();
  await t.rejects(gone);
  t.notOk(signal?.aborted, "another caller waits for it");
  open();
  t.equal(await stays, "3");
});

const forever = { patienceMs: 60_000, lingerMs: 60_000 };
/** The first batch waits for the gate. */
const paced = (options: Options) => {
  const { opened, open } = gate();
  const run = async (items: readonly number[]) => {
    if (items.includes(0)) await opened;
    return items.map(String);
  };
  return { ...counting({ run, most: 4, ...options }), open };
};
const turns = async () => {
  await turn();
  await turn();
};

t.test("a paced batch waits for the one in progress, and then for the callers that it answered", async (t) => {
  const { call, batches, open } = paced({ pace: forever });
  const first = call(0, soon());
  await turns();
  const others = [call(1, soon()), call(2, soon())];
  await turns();
  t.same(batches, [[0]]);
  open();
  await first;
  await turns();
  t.same(batches, [[0]]);
  t.equal(await call(3, soon()), "3");
  t.same(await Promise.all(others), ["1", "2"]);
  t.same(batches, [[0], [1, 2, 3]]);
});

t.test("a full paced batch starts beside another one", async (t) => {
  const { call, batches, open } = paced({ pace: forever });
  const first = call(0, soon());
  await turns();
  t.same(await Promise.all([1, 2, 3, 4].map((one) => call(one, soon()))), ["1", "2", "3", "4"]);
  t.same(batches, [[0], [1, 2, 3, 4]]);
  open();
  await first;
});

t.test("a paced batch starts beside another one that is slow", async (t) => {
  const { call, open } = paced({ pace: { ...forever, patienceMs: 5 } });
  const first = call(0, soon());
  await turns();
  t.equal(await call(1, soon()), "1");
  open();
  await first;
});

t.test("a paced batch does not wait forever for callers that do not return", async (t) => {
  const { call, batches } = counting({ pace: { ...forever, lingerMs: 5 } });
  await Promise.all([1, 2, 3].map((one) => call(one, soon())));
  t.same(await Promise.all([4, 5].map((one) => call(one, soon()))), ["4", "5"]);
  t.same(batches, [
    [1, 2, 3],
    [4, 5],
  ]);
});

t.test("a paced batch waits no longer than its limit, even when callers arrive one by one", async (t) => {
  const { call, batches } = counting({ most: 1_000, pace: { patienceMs: 30, lingerMs: 20 } });
  await Promise.all(numbers(500).map((one) => call(one, soon())));
  const answers: Promise<string>[] = [];
  for await (const _ of ticks(5)) {
    if (batches.length > 1) break;
    answers.push(call(answers.length, soon()));
  }
  await Promise.all(answers);
  t.ok(answers.length < 500);
});

t.test("a paced batch never waits when there is a single caller", async (t) => {
  const { call, batches } = counting({ pace: forever });
  for (const one of [1, 2, 3]) {
    const answer = call(one, soon());
    await turn();
    t.equal(batches.length, one);
    await answer;
  }
});
