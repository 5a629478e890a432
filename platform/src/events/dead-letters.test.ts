import fc from "fast-check";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { newId } from "../ids.ts";
import { background } from "../rpc/call.ts";
import { createDeadLetters } from "./dead-letters.ts";
import type { CloudEvent } from "./events.ts";

const soon = () => background(10_000);
const topic = "orders.order-placed.v1";
const eventOf = (data: unknown = { n: 1 }): CloudEvent => ({
  specversion: "1.0",
  id: newId(),
  type: topic,
  source: "orders",
  time: "2026-03-01T12:00:00.000Z",
  data,
});

const { database, query } = await startStore(t, "catalog");
const letters = createDeadLetters(database);
const everything = { onlyTopic: null, errorPart: null };
const all = () => letters.list(100, null, everything, soon());
t.afterEach(() => query("delete from dead_letters"));

t.test("a dead letter has its event, its error with all causes, and its attempts", async (t) => {
  const event = eventOf();
  const error = new Error("reserving failed", { cause: new Error("connection refused") });
  await letters.keep(topic, event, error, 5);
  const { total, deadLetters } = await all();
  t.equal(total, 1);
  t.match(deadLetters, [
    { eventId: event.id, topic, event, error: "reserving failed: connection refused", attempts: 5 },
  ]);
  t.match(deadLetters[0]?.diedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

t.test("an event has one dead letter per topic, whose attempts add up", async (t) => {
  const event = eventOf();
  await Promise.all(Array.from({ length: 8 }, () => letters.keep(topic, event, new Error("again"), 5)));
  await letters.keep("orders.order-paid.v1", event, "no error at all", 5);
  const { total, deadLetters } = await all();
  t.equal(total, 2);
  t.same(deadLetters.map(({ attempts }) => attempts).sort(), [40, 5]);
});

t.test("a long error text is truncated", async (t) => {
  await letters.keep(topic, eventOf(), new Error("x".repeat(100_000)), 1);
  t.equal((await all()).deadLetters[0]?.error.length, 4_000);
});

t.test("a message with any content can be stored, and is stored once", async (t) => {
  const hostile = fc.oneof(
    fc.string({
      unit: fc.constantFrom("\0", "\ud800", "\udfff", "\\", "u0000", '"', "a", "€", "\n", "\ud83d\ude00"),
    }),
    fc.jsonValue(),
  );
  const property = fc.asyncProperty(hostile, async (raw) => {
    await letters.unreadable(topic, raw, `bad ${typeof raw === "string" ? raw : ""}`);
    await letters.unreadable(topic, raw, "the same again");
    const { total, deadLetters } = await all();
    t.equal(total, 1);
    const held = typeof raw === "string" ? raw.toWellFormed().replaceAll("\0", "\ufffd") : deadLetters[0]?.event;
    t.same(deadLetters[0]?.event, typeof raw === "string" ? { unreadable: held } : held);
    await query("delete from dead_letters");
  });
  await fc.assert(property, { numRuns: 60 });
  await letters.keep(topic, eventOf({ "\0key": ["\0", "\ud800", { text: "\\u0000" }] }), new Error("\0"), 1);
  t.match((await all()).deadLetters, [
    { error: "\ufffd", event: { data: { "\ufffdkey": ["\ufffd", "\ufffd", { text: "\\u0000" }] } } },
  ]);
});

t.test("dead letters are listed oldest first, all of them or selected ones", async (t) => {
  const events = Array.from({ length: 5 }, () => eventOf());
  for (const event of events) await letters.keep(topic, event, new Error("no"), 1);
  const ids = events.map(({ id }) => id);
  const listed = async (first: number, wanted: string[] | null) => {
    const { total, deadLetters } = await letters.list(first, wanted, everything, soon());
    return { total, ids: deadLetters.map(({ eventId }) => eventId) };
  };
  t.same(await listed(3, null), { total: 5, ids: ids.slice(0, 3) });
  t.same(await listed(9, ids.slice(3)), { total: 5, ids: ids.slice(3) });
  t.same(await listed(9, [newId()]), { total: 5, ids: [] });
  t.same(await listed(9, []), { total: 5, ids: [] });
});

t.test("a page behind any dead letter starts with the next one, and nothing is listed twice", async (t) => {
  const at = "2026-03-01T12:00:00.000001Z";
  const event = eventOf();
  for (const on of [topic, "orders.order-paid.v1"]) await letters.keep(on, event, new Error("no"), 1);
  for (let more = 0; more < 3; more += 1) await letters.keep(topic, eventOf(), new Error("no"), 1);
  await query("update dead_letters set died_at = $1", [at]);
  await letters.keep(topic, eventOf(), new Error("a microsecond later"), 1);
  await query("update dead_letters set died_at = $1::timestamptz + interval '1 microsecond' where died_at > $1", [at]);
  const { deadLetters } = await all();
  t.equal(deadLetters.length, 6);
  for (const [place, letter] of deadLetters.entries()) {
    const behind = await letters.listAfter(2, letter, everything, soon());
    t.same(behind, { total: 6, deadLetters: deadLetters.slice(place + 1, place + 3) }, `behind ${place}`);
  }
});

t.test("they are filtered by topic and by a part of the error, in every page and in the total", async (t) => {
  const paid = "orders.order-paid.v1";
  for (const [on, error] of [
    [topic, "50% off: refused"],
    [topic, "timeout"],
    [paid, "timeout of catalog"],
    [paid, "refused"],
  ] as const) {
    await letters.keep(on, eventOf(), new Error(error), 1);
  }
  const errorsOf = ({ total, deadLetters }: Awaited<ReturnType<typeof all>>) => ({
    total,
    errors: deadLetters.map(({ error }) => error),
  });
  const list = async (filter: Partial<typeof everything> | object) =>
    errorsOf(await letters.list(9, null, { ...everything, ...filter }, soon()));
  t.same(await list({ onlyTopic: paid }), { total: 2, errors: ["timeout of catalog", "refused"] });
  t.same(await list({ errorPart: "timeout" }), { total: 2, errors: ["timeout", "timeout of catalog"] });
  t.same(await list({ onlyTopic: paid, errorPart: "timeout" }), { total: 1, errors: ["timeout of catalog"] });
  t.same(await list({ errorPart: "%" }), { total: 1, errors: ["50% off: refused"] }, "no wildcard");
  t.same(await list({ onlyTopic: "orders" }), { total: 0, errors: [] });
  const filter = { ...everything, errorPart: "refused" };
  const [first] = (await letters.list(1, null, filter, soon())).deadLetters;
  t.ok(first);
  if (first) t.same(errorsOf(await letters.listAfter(9, first, filter, soon())), { total: 2, errors: ["refused"] });
  const ids = (await all()).deadLetters.map(({ eventId }) => eventId);
  t.same(errorsOf(await letters.list(9, ids, filter, soon())).errors, ["50% off: refused", "refused"]);
});

t.test("a dead letter that is redriven is removed; one that fails again stays with the new error", async (t) => {
  const [good, bad] = [eventOf({ n: 1 }), eventOf({ n: 2 })];
  for (const event of [good, bad]) await letters.keep(topic, event, new Error("first"), 5);
  const handled: CloudEvent[] = [];
  const handle = async (on: string, event: CloudEvent) => {
    t.equal(on, topic);
    if (event.id === bad.id) throw new Error("second");
    handled.push(event);
  };
  const outcomes: boolean[] = [];
  for (const letter of (await all()).deadLetters) outcomes.push(await letters.redrive(letter, handle, soon()));
  t.same(outcomes, [true, false]);
  t.match(handled, [good]);
  t.match((await all()).deadLetters, [{ eventId: bad.id, error: "second", attempts: 6 }]);
});

t.test("a dead letter that is not an event cannot be redriven, and stays", async (t) => {
  await letters.unreadable(topic, "text", "given up by the sidecar");
  const [letter] = (await all()).deadLetters;
  t.equal(letter && (await letters.redrive(letter, async () => t.fail("was handled") as never, soon())), false);
  t.equal((await all()).total, 1);
});
