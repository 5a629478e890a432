import t from "tap";
import { eventually } from "../support/eventually.ts";
import { oracle } from "../support/oracle.ts";
import { openShop, placedId } from "../support/shop.ts";
import { streamEvents } from "../support/stream-events.ts";
import { streamsOf } from "../support/streams.ts";

type Change = { id: string; version: number; owner?: string; topic: string };
const [ofCatalog, ofOrders] = ["catalog.catalog-changed.v1", "orders.orders-changed.v1"] as const;

const shop = await openShop(t, { replicas: { gateway: 2 }, units: 10_000 });
const { redis } = await streamsOf(t, shop);
const [product = ""] = shop.products;

/** The lists of changes in a topic's messages after a position in its stream. */
async function told(topic: string, after: string): Promise<Change[][]> {
  const digests = await streamEvents<{ changes: Change[] }>(redis, topic, `(${after}`);
  return digests.map(({ data }) => data.changes);
}

/** The changes of orders announced after a position, once there are this many. */
const untilTold = (after: string, count: number) =>
  eventually(`${count} orders to be told`, async () => {
    const changes = (await told(ofOrders, after)).flat();
    return changes.length >= count && changes;
  });

const last = async (topic: string) => (await redis.xrevrange(topic, "+", "-", "COUNT", 1))[0]?.[0] ?? "0";

/** How many messages of a topic each replica has handled. */
const heard = (topic: string) =>
  Promise.all(
    shop.system.gatewayUrls.map(async (url) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split("\n").find((one) => one.startsWith("sidecart_broadcasts_total") && one.includes(topic));
      return Number(line?.match(/\} (\d+)/)?.[1] ?? 0);
    }),
  );

await eventually("every replica to know of the product", async () => {
  const { length } = await told(ofCatalog, "0");
  return length > 0 && (await heard(ofCatalog)).every((count) => count === length);
});

t.test("a changed price is announced to every replica in one message, with its version", async (t) => {
  const [after, before] = [await last(ofCatalog), await heard(ofCatalog)];
  const change = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { price } }";
  await shop.admin.get(change, { input: { id: product, price: 4321 } });
  await eventually("every replica to receive it", async () =>
    (await heard(ofCatalog)).every((count, at) => count === (before[at] ?? 0) + 1),
  );
  t.same(await told(ofCatalog, after), [[{ id: product, version: 2, topic: "catalog.product-changed.v1" }]]);
});

t.test("100 orders are announced, none missing; those of one batch of events in one message", async (t) => {
  const before = await last(ofOrders);
  const ids = (await Promise.all(Array.from({ length: 100 }, () => shop.place()))).map(placedId);
  const placed = await untilTold(before, ids.length);
  t.same(placed.map(({ id }) => id).sort(), ids.toSorted());

  const after = await last(ofOrders);
  const orders = await oracle(t, shop.system.databaseUrl("orders"));
  // Otherwise a slow machine has a batch for each order.
  await orders("alter table outbox alter claimed_until set default 'infinity'");
  const cancel = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }";
  await Promise.all(ids.map((id) => shop.customer.get(cancel, { input: { id, reason: "" } })));
  await orders("alter table outbox alter claimed_until set default now()");
  await orders("update outbox set claimed_until = now() where claimed_until = 'infinity'");
  const cancelled = await untilTold(after, ids.length);
  t.equal((await told(ofOrders, after)).length, 1);
  t.same(cancelled.map(({ id }) => id).sort(), ids.toSorted());

  const { me } = await shop.customer.get<{ me: { id: string } }>("{ me { id } }");
  t.ok(placed.every(({ owner, version }) => owner === me.id && version === 1));
  t.ok(cancelled.every(({ owner, version }) => owner === me.id && version === 2));
});
