import { randomUUID } from "node:crypto";
import { messagesOf, type OutboxRow, toCloudEvent } from "@sidecart/platform/events";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { ask, type Books } from "../support/books.ts";
import { behindSidecar } from "../support/direct.ts";
import { Random } from "../support/random.ts";
import { openShop, placedId, type Shop } from "../support/shop.ts";
import { eventsOfEntry } from "../support/stream-events.ts";
import { streamsOf } from "../support/streams.ts";

const orders = 24;
const orderTopics = ["orders.order-placed.v1", "orders.order-paid.v1", "orders.order-cancelled.v1"];
/** The tables that events change; requests change the others. */
const effects = ["products", "reservations", "known", "handled"] as const satisfies (keyof Books)[];

const random = new Random();
t.comment(`SEED=${random.seed}`);
const shop = await openShop(t, { broker: "redis", products: 3 });
const streams = await streamsOf(t, shop);

/** Places orders. A third stays unpaid, a third is cancelled, a third is paid. */
async function trade({ place, cancel, pay, products }: Shop): Promise<void> {
  const keys = Array.from({ length: orders }, () => randomUUID());
  const answers = await Promise.all(keys.map((key, at) => place(key, products[at % products.length])));
  const ids = answers.map(placedId);
  await Promise.all(ids.map((id, at) => (at % 3 === 0 ? undefined : at % 3 === 1 ? cancel(id) : pay(id))));
}

/** The events in the outbox of orders, as its relay would publish them. */
async function waitingEvents(): Promise<(OutboxRow & { at: Date })[]> {
  return ask(
    shop.system.databaseUrl("orders"),
    "select id, topic, key, data, traceparent, created_at as at from outbox",
  );
}

t.test("three more deliveries of every event, in any order, change nothing", async (t) => {
  await trade(shop);
  const change = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { id } }";
  for (const id of shop.products) {
    for (const price of [1100, 1200, 1300]) await shop.admin.get(change, { input: { id, price } });
  }
  const grant = "mutation($input: GrantRolesInput!) { grantRoles(input: $input) { roles } }";
  const { me } = await shop.customer.get<{ me: { id: string } }>("{ me { id } }");
  for (const role of ["PARTNER", "DELIVERER", "CUSTOMER"]) {
    await shop.admin.get(grant, { input: { userId: me.id, roles: [role] } });
  }
  await shop.agrees();
  await streams.allRead();
  const before = await shop.agrees();

  const { redis, topics } = streams;
  const all = await Promise.all(
    (await topics()).map(async (topic) =>
      (await redis.xrange(topic, "-", "+")).map(([, fields]) => ({ topic, fields })),
    ),
  );
  const messages = all.flat();
  t.ok(messages.flatMap(({ fields }) => eventsOfEntry(fields)).length > 3 * orders);
  for (const { topic, fields } of random.shuffle([...messages, ...messages, ...messages])) {
    await redis.xadd(topic, "*", ...fields);
  }
  await streams.allRead(60_000);
  const after = await shop.agrees();
  for (const effect of effects) t.same(after[effect], before[effect], effect);
});

t.test("events in any order, with 30 % duplicates, have the same effects as in order", async (t) => {
  const { orders: before } = await shop.agrees();
  await Promise.all(orderTopics.map(streams.block));
  await trade(shop);
  const rows = await waitingEvents();
  t.equal(rows.length, orders + (orders / 3) * 2, "all events are in the outbox");
  await shop.system.kill("orders");
  await Promise.all(orderTopics.map(streams.unblock));

  const { sidecar } = behindSidecar(t, shop.system, "orders");
  const twice = random.shuffle(rows).slice(0, Math.round(rows.length * 0.3));
  for (const row of random.shuffle([...rows, ...twice])) {
    const event = toCloudEvent(row, "orders", row.at.toISOString());
    const messages = messagesOf([{ id: row.id, event }]);
    const refused = await sidecar.publish("pubsub", row.topic, messages, background(10_000));
    t.equal(refused.size, 0);
  }
  // After its restart, the relay publishes all of them again.
  await shop.system.start("orders");
  // Events that a sidecar had read when its app stopped are redelivered after 20 seconds (pubsub.yaml: processingTimeout).
  const { orders: after } = await shop.agrees(60_000);
  t.equal(after.length, before.length + orders);
});
