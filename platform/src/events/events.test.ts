import { OrderCancelledSchema, OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import t from "tap";
import { newId } from "../ids.ts";
import {
  type CloudEvent,
  cloudEvent,
  EventTooLarge,
  eventData,
  maxEventBytes,
  outboxRow,
  pendingEvent,
  publishedBytes,
  toCloudEvent,
} from "./events.ts";

const time = "2026-03-01T12:00:00.000Z";
const orderId = newId();
const data = {
  order: {
    id: orderId,
    priceTotal: "1000000000000",
    lines: [{ productId: newId(), quantity: 2, price: "500000000000" }],
  },
};

t.test("a published event is received unchanged, with exact amounts", async (t) => {
  const row = outboxRow(OrderPlacedSchema, orderId, data);
  const event = cloudEvent.parse(JSON.parse(Buffer.from(toCloudEvent(row, "orders", time)).toString()));
  t.match(event, {
    specversion: "1.0",
    id: row.id,
    type: "orders.order-placed.v1",
    source: "orders",
    time,
    subject: orderId,
  });
  const message = eventData(OrderPlacedSchema, event);
  t.equal(message.order?.priceTotal, 1_000_000_000_000n);
  t.match(message.order?.lines, [{ quantity: 2, price: 500_000_000_000n }]);
});

t.test("fields of a newer publisher are ignored; data of another type is refused", async (t) => {
  const event = (data: unknown): CloudEvent => ({ specversion: "1.0", id: newId(), type: "", source: "", time, data });
  t.equal(eventData(OrderPlacedSchema, event({ ...data, since: "v2" })).order?.id, orderId);
  t.throws(() => eventData(OrderPlacedSchema, event({ order: { id: 7 } })));
  t.throws(() => eventData(OrderPlacedSchema, event({ order: { priceTotal: "1.5" } })));
  t.throws(() => eventData(OrderPlacedSchema, event("text")));
});

t.test("every row has its own id; a pending event has no data", async (t) => {
  const [one, two] = [pendingEvent(OrderCancelledSchema, orderId), pendingEvent(OrderCancelledSchema, orderId)];
  t.not(one.id, two.id);
  t.match(one, { topic: "orders.order-cancelled.v1", key: orderId });
  t.notOk("data" in one);
});

t.test("an event without a trace has no trace attributes", async (t) => {
  const row = outboxRow(OrderPlacedSchema, orderId, data);
  t.equal(row.traceparent, null);
  const event = JSON.parse(Buffer.from(toCloudEvent(row, "orders", time)).toString());
  t.notOk("traceparent" in event);
});

t.test("only a CloudEvent with a valid id is accepted", async (t) => {
  const good = { specversion: "1.0", id: newId(), type: "t", source: "s", time, data: {} };
  t.ok(cloudEvent.safeParse(good).success);
  for (const bad of [
    { ...good, id: "1" },
    { ...good, specversion: "0.3" },
    { ...good, time: undefined },
    "text",
    null,
  ]) {
    t.notOk(cloudEvent.safeParse(bad).success);
  }
});

t.test("an event of the maximum size is accepted; one byte more is refused with its size", async (t) => {
  const sized = (bytes: number) => ({ order: { id: "x".repeat(bytes - publishedBytes({ order: { id: "" } })) } });
  t.equal(publishedBytes(outboxRow(OrderPlacedSchema, orderId, sized(maxEventBytes)).data), maxEventBytes);
  t.throws(() => outboxRow(OrderPlacedSchema, orderId, sized(maxEventBytes + 1)), {
    name: EventTooLarge.name,
    topic: "orders.order-placed.v1",
    bytes: maxEventBytes + 1,
  });
});

t.test("characters that the sidecar escapes count with their escaped length", async (t) => {
  t.equal(publishedBytes("<b>&"), '"\\u003cb\\u003e\\u0026"'.length);
  t.equal(publishedBytes("\u2028"), '"\\u2028"'.length);
  t.equal(publishedBytes("žluť"), Buffer.byteLength('"žluť"'));
});
