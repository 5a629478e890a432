import { OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import t from "tap";
import { newId } from "../ids.ts";
import { createLogger } from "../telemetry/log.ts";
import { createListener } from "./broadcast.ts";
import { on, onEveryReplica } from "./subscriptions.ts";

const since = new Date("2026-03-01T12:00:00Z");
const log = createLogger("test", "silent");

const event = (id: string, time = "2026-03-01T12:00:00.000Z") =>
  JSON.stringify({
    specversion: "1.0",
    id: newId(),
    type: "orders.order-placed.v1",
    source: "orders",
    time,
    data: { order: { id } },
  });

/** A listener that records the orders that it receives. The order `bad` fails. */
function listen() {
  const received: (string | undefined)[] = [];
  const note = onEveryReplica(OrderPlacedSchema, async ({ data }) => {
    if (data.order?.id === "bad") throw new Error("bad");
    received.push(data.order?.id);
  });
  return { received, listener: createListener([note], log, since) };
}

t.test("a replica receives events from its start on, and no older ones", async (t) => {
  const { received, listener } = listen();
  t.equal(await listener.deliver("orders.order-placed.v1", event("old", "2026-03-01T11:59:59.999Z")), "handled");
  t.equal(await listener.deliver("orders.order-placed.v1", event("now")), "handled");
  t.same(received, ["now"]);
});

t.test("a failed event is redelivered; a message that is no event, or has no handler, is skipped", async (t) => {
  const { received, listener } = listen();
  t.equal(await listener.deliver("orders.order-placed.v1", event("bad")), "again");
  t.equal(await listener.deliver("orders.order-placed.v1", '{"id":"not an event"}'), "handled");
  t.equal(await listener.deliver("orders.order-paid.v1", event("other")), "handled");
  t.same(received, []);
});

t.test("each event of a message is handled", async (t) => {
  const { received, listener } = listen();
  t.equal(
    await listener.deliver("orders.order-placed.v1", `[${event("one")},${event("bad")},${event("two")}]`),
    "again",
  );
  t.same(received, ["one", "two"]);
});

t.test("it handles only broadcast subscriptions", async (t) => {
  const shared = on(OrderPlacedSchema, async () => {});
  t.same(createListener([shared], log).topics, []);
  t.same(listen().listener.topics, ["orders.order-placed.v1"]);
  const twice = onEveryReplica(OrderPlacedSchema, async () => {});
  t.throws(() => createListener([twice, twice], log), { message: "two handlers for one topic" });
});
