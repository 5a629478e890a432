import t from "tap";
import { boundedWork } from "./bounded-work.ts";
import { background } from "./call.ts";
import { commonErrors } from "./errors.ts";

t.test("so many pieces of work run at once, so many wait, and the rest is refused", async (t) => {
  const inTurn = boundedWork(2, 3, commonErrors.overloaded);
  const ends = Promise.withResolvers<void>();
  let [running, most] = [0, 0];
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await ends.promise;
    running -= 1;
    return "done";
  };
  const all = Array.from({ length: 9 }, () => inTurn(background(60_000), work).catch(({ code }) => code));
  ends.resolve();
  t.same(await Promise.all(all), [...Array(5).fill("done"), ...Array(4).fill("OVERLOADED")]);
  t.equal(most, 2);
  t.equal(await inTurn(background(60_000), work), "done", "afterwards there is room again");
});

t.test("waiting work of a caller who has gone is not started, and failed work leaves its place", async (t) => {
  const inTurn = boundedWork(1, 2, commonErrors.overloaded);
  const [first, gone] = [Promise.withResolvers<void>(), new AbortController()];
  const running = inTurn(background(60_000), () => first.promise);
  let started = false;
  const waiting = inTurn(background(60_000, gone.signal), async () => {
    started = true;
  });
  gone.abort();
  first.reject(new Error("it failed"));
  await t.rejects(running, /it failed/);
  await t.rejects(waiting, { code: "CANCELLED" });
  t.equal(started, false);
  t.equal(await inTurn(background(60_000), async () => 1), 1);
});
