import t from "tap";
import { createLogger } from "../telemetry/log.ts";
import { createHold } from "./held-deliveries.ts";
import type { Delivery } from "./subscriptions.ts";

const topic = "orders.order-placed.v1";
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A hold whose attempts to store event 1 wait until the test ends them. */
function holding() {
  const logged: unknown[] = [];
  const log = createLogger("orders", "silent");
  log.error = (entry: object, text?: string) => void logged.push([entry, text]);
  const hold = createHold(log);
  const attempts: ((delivery: Delivery) => void)[] = [];
  const store = () => new Promise<Delivery>((resolve) => attempts.push(resolve));
  const deliver = () => {
    const end = new AbortController();
    const context = { deadline: Number.POSITIVE_INFINITY, signal: end.signal };
    return { end: () => end.abort(), delivery: hold({ id: "1", topic, store }, context) };
  };
  return { logged, attempts, deliver };
}

t.test("further deliveries of a held event wait for the first, and store nothing themselves", async (t) => {
  const { deliver, attempts, logged } = holding();
  const deliveries = [deliver(), deliver(), deliver()].map(({ delivery }) => delivery);
  await turn();
  t.equal(attempts.length, 1);
  attempts[0]?.("handled");
  t.same(await Promise.all(deliveries), ["handled", "handled", "handled"]);
  t.equal(attempts.length, 1);
  t.same(logged, []);
});

t.test("when the first delivery ends, another takes over, and nothing is lost", async (t) => {
  const { deliver, attempts, logged } = holding();
  const [first, second] = [deliver(), deliver()];
  first.end();
  t.equal(await first.delivery, "again", "at once, though its attempt is in progress");
  attempts[0]?.("again");
  await turn();
  t.equal(attempts.length, 2);
  attempts[1]?.("handled");
  t.equal(await second.delivery, "handled");
  t.same(logged, []);
});

t.test("when all deliveries of an event end, the log names the event once", async (t) => {
  const { deliver, logged } = holding();
  const deliveries = [deliver(), deliver()];
  for (const { end } of deliveries) end();
  t.same(await Promise.all(deliveries.map(({ delivery }) => delivery)), ["again", "again"]);
  t.match(logged, [[{ topic, eventId: "1" }, /may be lost/]]);
});
