import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { createPasswordQueue } from "./password-queue.ts";

const soon = () => background(20_000);
const password = "correct horse battery";

t.test("every queued password is processed, with the right result", async (t) => {
  const queue = createPasswordQueue(2, 10);
  const stored = await queue.hash(password, soon());
  const guesses = [password, "wrong", password, "wrong too", password];
  t.same(await Promise.all(guesses.map((guess) => queue.matches(stored, guess, soon()))), [
    true,
    false,
    true,
    false,
    true,
  ]);
  t.equal(await queue.matches(undefined, password, soon()), false);
});

t.test("a password beyond the limit is refused, and the waiting ones are not affected", async (t) => {
  const queue = createPasswordQueue(1, 2);
  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => queue.hash(password, soon())));
  const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  t.equal(refused.length, 5);
  for (const error of refused) t.match(error, { code: "TOO_BUSY", status: "RESOURCE_EXHAUSTED" });
  t.match(await queue.hash(password, soon()), /^\$argon2id/, "afterwards the queue accepts passwords again");
});

t.test("a password whose caller has cancelled meanwhile is not processed", async (t) => {
  const queue = createPasswordQueue(1, 10);
  const leaving = new AbortController();
  const first = queue.hash(password, soon());
  const second = queue.hash(password, background(20_000, leaving.signal));
  const late = queue.matches(undefined, password, background(0));
  leaving.abort();
  await t.rejects(second, { code: "CANCELLED" });
  await t.rejects(late, { code: "TIMEOUT" });
  await t.resolves(first);
});
