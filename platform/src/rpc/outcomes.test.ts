import t from "tap";
import { createLogger } from "../telemetry/log.ts";
import { AppError, commonErrors } from "./errors.ts";
import { answerEach, continueWith, settleEach } from "./outcomes.ts";

const answering = {
  log: createLogger("test", "silent"),
  name: "count",
  answer: (result: number, place: number) => `${place}: ${result}`,
  failure: ({ code }: { code: string }, place: number) => `${place}: ${code}`,
};
const odd = async (one: number) => {
  if (one % 2 === 0) throw new AppError(commonErrors.notFound);
  return one;
};

t.test("each item has its own outcome, and the next step runs for the good ones together", async (t) => {
  const called: number[][] = [];
  const decided = await settleEach([1, 2, 3, 4, 5], odd);
  const outcomes = await continueWith(decided, async (items) => {
    called.push(items);
    return items.map((one) => (one === 3 ? new AppError(commonErrors.forbidden) : one * 10));
  });
  t.same(called, [[1, 3, 5]]);
  t.same(answerEach(outcomes, answering), ["0: 10", "1: NOT_FOUND", "2: FORBIDDEN", "3: NOT_FOUND", "4: 50"]);
});

t.test("the only item of a call fails the call", async (t) => {
  t.throws(() => answerEach<number, string>([new AppError(commonErrors.forbidden)], answering), { code: "FORBIDDEN" });
  t.same(answerEach([7], answering), ["0: 7"]);
  t.same(answerEach([], answering), []);
});

t.test("the next step is skipped when all items failed; when it fails as a whole, the call fails", async (t) => {
  const decided = await settleEach([2, 4], odd);
  t.match(await continueWith(decided, () => Promise.reject(new Error("called"))), [
    { code: "NOT_FOUND" },
    { code: "NOT_FOUND" },
  ]);
  await t.rejects(
    continueWith([1], () => Promise.reject(new AppError(commonErrors.timeout))),
    { code: "TIMEOUT" },
  );
  await t.rejects(
    continueWith([1, 3], async () => [1]),
    /1 outcomes for 2 items/,
  );
});
