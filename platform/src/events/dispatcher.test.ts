import { mock } from "node:test";
import { OrderPaidSchema, OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import t from "tap";
import { newId } from "../ids.ts";
import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors } from "../rpc/errors.ts";
import { createLogger } from "../telemetry/log.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import { on, type Subscription } from "./subscriptions.ts";

const topic = "orders.order-placed.v1";
const time = "2026-03-01T12:00:00.000Z";

const eventOf = (data: unknown = { order: { id: "1" } }, id = newId()) => ({
  specversion: "1.0",
  id,
  type: topic,
  source: "orders",
  time,
  data,
});

/** A dispatcher whose dead letters are in a list. `fail` makes the store unreachable. */
function dispatcherOf(
  handle: (event: { id: string }, call: CallContext) => Promise<void>,
  store: { fail?: boolean } = {},
) {
  const letters: { topic: string; attempts: number; error: unknown; event: unknown }[] = [];
  const keep = async (letter: (typeof letters)[number]) => {
    if (store.fail) throw new AppError(commonErrors.unavailable);
    letters.push(letter);
  };
  const deadLetters = {
    keep: (topic: string, event: unknown, error: unknown, attempts: number) => keep({ topic, event, error, attempts }),
    unreadable: (topic: string, event: unknown, error: string) => keep({ topic, event, error, attempts: 1 }),
  } as unknown as DeadLetters;
  const dispatcher = createDispatcher([on(OrderPlacedSchema, handle)], deadLetters, createLogger("test", "silent"));
  return { letters, ...dispatcher, deliver: delivering(dispatcher) };
}

/** Delivers a message with this content. */
const delivering = (dispatcher: Dispatcher) => (topic: string, message: unknown) =>
  dispatcher.deliver(topic, JSON.stringify(message));

async function untilHandled(deliver: () => Promise<string>): Promise<string> {
  let end = "again";
  for (let attempt = 0; attempt < 5 && end === "again"; attempt += 1) end = await deliver();
  return end;
}

t.test("a handler receives the message with its id and time, and a deadline", async (t) => {
  const seen: unknown[] = [];
  const handler: Subscription = on(OrderPlacedSchema, async ({ id, data, time }, context) => {
    seen.push({ id, time, order: data.order?.id, price: data.order?.priceTotal });
    t.ok(context.deadline > Date.now());
  });
  const dispatcher = createDispatcher([handler], {} as DeadLetters, createLogger("test", "silent"));
  const event = eventOf({ order: { id: "7", priceTotal: "1000000000000" } });
  t.equal(await delivering(dispatcher)(topic, event), "handled");
  t.same(seen, [{ id: event.id, time, order: "7", price: 1_000_000_000_000n }]);
  t.same(dispatcher.topics, [topic]);
});

t.test("two handlers for one topic are an error at the start", async (t) => {
  const both = [on(OrderPlacedSchema, async () => {}), on(OrderPlacedSchema, async () => {})];
  t.throws(() => createDispatcher(both, {} as DeadLetters, createLogger("test", "silent")), /two handlers/);
  t.doesNotThrow(() =>
    createDispatcher(
      [on(OrderPlacedSchema, async () => {}), on(OrderPaidSchema, async () => {})],
      {} as DeadLetters,
      createLogger("test", "silent"),
    ),
  );
});

t.test("an event that keeps failing is a dead letter after five attempts, with its error", async (t) => {
  const bug = new TypeError("a bug");
  const { deliver, letters } = dispatcherOf(async () => {
    throw bug;
  });
  const event = eventOf();
  for (let attempt = 1; attempt < 5; attempt += 1) t.equal(await deliver(topic, event), "again", `attempt ${attempt}`);
  t.same(letters, []);
  t.equal(await deliver(topic, event), "handled");
  t.same(letters, [{ topic, event, error: bug, attempts: 5 }]);
});

t.test("attempts are counted for each event separately, and forgotten when it is handled", async (t) => {
  let broken = true;
  const { deliver, letters } = dispatcherOf(async () => {
    if (broken) throw new Error("not now");
  });
  const [one, two] = [eventOf(), eventOf()];
  for (let attempt = 0; attempt < 4; attempt += 1) await deliver(topic, one);
  t.equal(await deliver(topic, two), "again");
  broken = false;
  t.equal(await deliver(topic, one), "handled");
  broken = true;
  for (let attempt = 0; attempt < 4; attempt += 1) t.equal(await deliver(topic, one), "again");
  t.same(letters, []);
});

t.test("an event is retried for as long as a part of the system is unreachable", async (t) => {
  let failure: unknown = new AppError(commonErrors.unavailable);
  const { deliver, letters } = dispatcherOf(async () => {
    throw failure;
  });
  const event = eventOf();
  for (let attempt = 0; attempt < 50; attempt += 1) t.equal(await deliver(topic, event), "again");
  failure = new AppError(commonErrors.timeout);
  for (let attempt = 0; attempt < 50; attempt += 1) t.equal(await deliver(topic, event), "again");
  failure = new Error("a bug after all");
  for (let attempt = 0; attempt < 4; attempt += 1) t.equal(await deliver(topic, event), "again");
  t.same(letters, []);
  await deliver(topic, event);
  t.match(letters, [{ attempts: 5 }], "failures during the outage do not count");
});

/** A delivery whose deadline has passed. */
const over = { deadline: 0, signal: new AbortController().signal };

t.test("a message is acknowledged only after its dead letter is stored", async (t) => {
  const store = { fail: true };
  const { deliver, letters, lastResort } = dispatcherOf(async () => {
    throw new Error("a bug");
  }, store);
  const event = eventOf();
  for (let attempt = 0; attempt < 12; attempt += 1) t.equal(await deliver(topic, event), "again");
  t.equal(await deliver(topic, "not an event"), "again");
  t.equal(await lastResort("orders.dead-letters.v1", "raw", over), "again");
  store.fail = false;
  const end = await untilHandled(() => deliver(topic, event));
  t.equal(end, "handled", "within its five attempts");
  t.equal(letters.length, 1);
  t.equal(await deliver(topic, "not an event"), "handled");
  t.equal(await lastResort("orders.dead-letters.v1", "raw", over), "handled");
  t.equal(letters.length, 3);
});

t.test("a message that is not a CloudEvent, or not one of ours, is stored as a dead letter", async (t) => {
  const { deliver, letters } = dispatcherOf(async () => t.fail("was handled") as never);
  for (const raw of ["text", null, { ...eventOf(), id: "1" }, { ...eventOf(), specversion: "2.0" }]) {
    t.equal(await deliver(topic, raw), "handled");
  }
  t.equal(letters.length, 4, "at once");
  const misfit = eventOf({ order: { id: 7 } });
  for (let attempt = 0; attempt < 5; attempt += 1) await deliver(topic, misfit);
  t.match(letters.at(-1), { attempts: 5, error: /cannot decode/ });
  const unheard = eventOf();
  for (let attempt = 0; attempt < 5; attempt += 1) await deliver("orders.order-lost.v1", unheard);
  t.match(letters.at(-1), { topic: "orders.order-lost.v1", error: /no handler/ });
});

t.test("a message is redelivered until each of its events is handled, and each is handled once", async (t) => {
  const events = Array.from({ length: 5 }, () => eventOf());
  const [, bad, away] = events;
  const tries = new Map<string, number>();
  let back = false;
  const { deliver, letters } = dispatcherOf(async ({ id }) => {
    tries.set(id, (tries.get(id) ?? 0) + 1);
    if (id === bad?.id) throw new Error("a bug");
    if (id === away?.id && !back) throw new AppError(commonErrors.unavailable);
  });
  const attempts = () => events.map(({ id }) => tries.get(id));
  for (let delivery = 1; delivery <= 7; delivery += 1) t.equal(await deliver(topic, events), "again");
  t.same(attempts(), [1, 5, 7, 1, 1]);
  t.match(letters, [{ event: { id: bad?.id }, attempts: 5 }], "the failing event is a dead letter by then");
  back = true;
  t.equal(await deliver(topic, events), "handled");
  t.same(attempts(), [1, 5, 8, 1, 1]);
  await deliver(topic, events);
  t.same(attempts(), [2, 6, 9, 2, 2], "an acknowledged message is forgotten");
});

t.test("a redelivery while its events are in progress starts none of them again", async (t) => {
  const events = Array.from({ length: 3 }, () => eventOf());
  const seen: string[] = [];
  const leave = Promise.withResolvers<void>();
  const { deliver } = dispatcherOf(async ({ id }) => {
    seen.push(id);
    await leave.promise;
  });
  const both = [deliver(topic, events), deliver(topic, events)];
  leave.resolve();
  t.same(await Promise.all(both), ["handled", "handled"]);
  t.same(
    seen,
    events.map(({ id }) => id),
  );
});

t.test("a handler that never ends blocks neither its event nor other events", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const seen = new Set<string>();
  const signals: AbortSignal[] = [];
  const { deliver, letters } = dispatcherOf(async ({ id }, { signal }) => {
    if (seen.has(id)) return;
    seen.add(id);
    signals.push(signal);
    await new Promise(() => {});
  });
  const events = Array.from({ length: 130 }, () => eventOf());
  const ends = events.map((event) => deliver(topic, event));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  t.equal(seen.size, 128);
  mock.timers.tick(10_000);
  await turn();
  t.equal(await Promise.race([...ends, "held"]), "held", "its deadline has passed only just now");
  mock.timers.tick(1_000);
  t.same(new Set(await Promise.all(ends.slice(0, 128))), new Set(["again"]));
  t.equal(seen.size, 130, "other events are handled");
  t.equal(signals.filter(({ aborted }) => aborted).length, 128, "and the abandoned handlers are aborted");
  const again = await Promise.all(events.slice(0, 128).map((event) => deliver(topic, event)));
  t.same(new Set(again), new Set(["handled"]));
  t.same(letters, []);
});

t.test("128 events are handled at once, in any number of messages, and the others afterwards", async (t) => {
  let [now, most, all] = [0, 0, 0];
  const { deliver } = dispatcherOf(async () => {
    now += 1;
    all += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
  });
  const messages = Array.from({ length: 8 }, () => Array.from({ length: 50 }, () => eventOf()));
  const ends = await Promise.all(messages.map((message) => deliver(topic, message)));
  t.same(new Set(ends), new Set(["handled"]));
  t.same([most, all], [128, 400]);
});

t.test("an event that an overloaded service refuses is retried for as long as that lasts", async (t) => {
  const { deliver, letters } = dispatcherOf(async () => {
    throw new AppError(commonErrors.overloaded);
  });
  const event = eventOf();
  for (let attempt = 0; attempt < 20; attempt += 1) t.equal(await deliver(topic, event), "again");
  t.same(letters, []);
});

t.test("a message that the sidecar gave up on is held until it is stored, and stored once", async (t) => {
  let tries = 0;
  const store = {
    get fail() {
      tries += 1;
      return tries < 4;
    },
  };
  const { letters, lastResort } = dispatcherOf(async () => t.fail("was handled") as never, store);
  const context = { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  t.equal(await lastResort("orders.dead-letters.v1", JSON.stringify(eventOf()), context), "handled");
  t.match({ tries, letters }, { tries: 4, letters: [{ topic, attempts: 1 }] });
});

t.test("a message that the sidecar gave up on is returned when its delivery ends", async (t) => {
  const { letters, lastResort } = dispatcherOf(async () => t.fail("was handled") as never, { fail: true });
  const end = new AbortController();
  const context = { deadline: Number.POSITIVE_INFINITY, signal: end.signal };
  const delivery = lastResort("orders.dead-letters.v1", JSON.stringify(eventOf()), context);
  end.abort();
  t.equal(await delivery, "again");
  t.same(letters, []);
});

t.test("each event of a message that the sidecar gave up on can be redriven", async (t) => {
  const { letters, lastResort } = dispatcherOf(async () => t.fail("was handled") as never);
  const [one, two] = [eventOf(), eventOf()];
  t.equal(await lastResort("orders.dead-letters.v1", JSON.stringify([one, "text", two]), over), "handled");
  const error = "given up by the sidecar";
  t.same(letters, [
    { topic, event: one, error, attempts: 1 },
    { topic: "orders.dead-letters.v1", event: "text", error, attempts: 1 },
    { topic, event: two, error, attempts: 1 },
  ]);
});

t.test("an unreadable event of a message is a dead letter, and the other events are handled", async (t) => {
  const seen: string[] = [];
  const { deliver, letters } = dispatcherOf(async ({ id }) => void seen.push(id));
  const [one, two] = [eventOf(), eventOf()];
  t.equal(await deliver(topic, [one, { ...eventOf(), id: "1" }, two]), "handled");
  t.same(seen, [one.id, two.id]);
  t.match(letters, [{ topic, event: { id: "1" } }]);
});

t.test("it is stored once, in any number of redeliveries", async (t) => {
  const { deliver, letters } = dispatcherOf(async () => {
    throw new AppError(commonErrors.unavailable);
  });
  const message = ["text", eventOf()];
  for (let delivery = 0; delivery < 3; delivery += 1) t.equal(await deliver(topic, message), "again");
  t.equal(letters.length, 1);
});

t.test("a flood of bad messages does not fill the memory: the oldest counts are forgotten", async (t) => {
  const { deliver, letters } = dispatcherOf(async () => {
    throw new Error("a bug");
  });
  const first = eventOf();
  for (let attempt = 0; attempt < 4; attempt += 1) await deliver(topic, first);
  for (let other = 0; other < 10_000; other += 1) await deliver(topic, eventOf());
  t.equal(await deliver(topic, first), "again", "its four attempts are forgotten");
  t.same(letters, []);
});
