import t from "tap";
import { newId } from "../ids.ts";
import { eventsOf, messagesOf } from "./messages.ts";

const encoded = (data: unknown) => {
  const id = newId();
  return { id, event: Buffer.from(JSON.stringify({ id, data })) };
};
const text = (json: Uint8Array) => Buffer.from(json).toString();

t.test("a single event is a CloudEvent, several are a CloudEvents batch in the given order", async (t) => {
  const [one, two] = [encoded("žluť ],[ "), encoded({ price: "1" })];
  t.same(messagesOf([]), []);
  t.same(messagesOf([one]), [
    { id: one.id, ids: [one.id], body: one.event, contentType: "application/cloudevents+json" },
  ]);
  const [batch, ...more] = messagesOf([one, two]);
  t.same(more, []);
  t.match(batch, { id: one.id, ids: [one.id, two.id], contentType: "application/cloudevents-batch+json" });
  t.same(batch && JSON.parse(text(batch.body)), [JSON.parse(text(one.event)), JSON.parse(text(two.event))]);
});

t.test("every event is in exactly one message, and no message exceeds its size or count", async (t) => {
  const sizes = [10, 200_000, 10, 60_000, 60_000, 60_000, ...Array.from({ length: 120 }, () => 10)];
  const events = sizes.map((bytes) => encoded("x".repeat(bytes)));
  const messages = messagesOf(events);
  t.same(
    messages.flatMap(({ ids }) => ids),
    events.map(({ id }) => id),
  );
  t.same(
    messages.map(({ ids }) => ids.length),
    [1, 1, 3, 50, 50, 21],
    "a large event has a message of its own, small ones share it with at most 49 others",
  );
  for (const message of messages) {
    t.same(
      eventsOf(text(message.body)).map((event) => (event as { id: string }).id),
      message.ids,
    );
    t.ok(message.ids.length === 1 || message.body.length <= 128 * 1024);
  }
});

t.test("a message of several events has at most 128 KiB", async (t) => {
  const [most, half] = [128 * 1024, 64 * 1024];
  const lengths = (...bytes: number[]) =>
    messagesOf(bytes.map((length) => ({ id: newId(), event: new Uint8Array(length) }))).map(({ body }) => body.length);
  t.same(lengths(half - 2, half - 1), [most], "including its brackets and comma");
  t.same(lengths(half - 1, half - 1), [half - 1, half - 1]);
});

t.test("a body that is not a batch of events is one unreadable item", async (t) => {
  t.same(eventsOf("no json"), ["no json"]);
  t.same(eventsOf("[]"), [[]]);
  t.same(eventsOf("null"), [null]);
  t.same(eventsOf('{"id":"1"}'), [{ id: "1" }]);
  t.same(eventsOf("[1,[]]"), [1, []]);
});
