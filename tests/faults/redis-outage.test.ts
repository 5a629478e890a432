import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { readBooks } from "../support/books.ts";
import { eventually } from "../support/eventually.ts";
import { pidsOf, timed } from "../support/outage.ts";
import { newCustomer } from "../support/people.ts";
import { openShop, placedId } from "../support/shop.ts";
import { streamsOf } from "../support/streams.ts";

const shop = await openShop(t, { broker: "redis", env: { gateway: { SIDECART_LOGIN_RATE_LIMIT: "1000" } } });
const { system, customer } = shop;
const place = (count: number) => Promise.all(Array.from({ length: count }, () => shop.place()));

const reads = {
  "own orders": "{ orders { nodes { id status orderProducts { product { name } } } } }",
  "a product": `{ product(id: "${shop.products[0]}") { name stock } }`,
  "a search": '{ searchProducts(query: "thing") { totalCount } }',
  "one's account": "{ me { id } }",
};

t.test("after Redis has lost its data, events are delivered from the outboxes", async (t) => {
  const streams = await streamsOf(t, shop);
  await place(4);
  await shop.agrees();
  await streams.allRead();
  await system.kill("redis");
  const keys = Array.from({ length: 8 }, () => randomUUID());
  for (const key of keys) placedId(await shop.place(key));
  await rm(join(system.instanceDir, "redis", "appendonlydir"), { recursive: true });
  await system.start("redis");
  await eventually("Redis to have the topic again", async () =>
    (await streams.topics()).includes("orders.order-placed.v1"),
  );
  await place(4);
  const { orders } = await shop.agrees();
  t.equal(orders.length, 16);
});

t.test(
  "without Redis reads, registrations and orders succeed; their events are published when Redis is up again",
  async (t) => {
    const known = (await readBooks(system)).orders.length;
    const before = (await place(8)).map(placedId);
    const pids = pidsOf(system, "redis");
    await system.kill("redis");

    for (const [what, query] of Object.entries(reads)) {
      const answer = await timed(customer.ask(query));
      t.match(answer, { status: 200, code: "OK" }, what);
      t.ok(answer.ms < 2_000, `${what}: ${Math.round(answer.ms)} ms`);
    }
    const during = (await place(16)).map(placedId);
    t.match(await timed(shop.cancel(before[0] ?? "")), { status: 200 });
    t.match(await timed(shop.cancel(during[0] ?? "")), { status: 200 });
    t.match(await timed(shop.pay(during[1] ?? "")), { status: 200 });
    t.ok(await newCustomer(system.gatewayUrl), "a new customer registers and logs in");
    const { waiting } = await readBooks(system);
    t.ok((waiting.get("orders") ?? 0) >= 19, "the events stay in the outbox");

    await system.start("redis");
    await place(4);
    const { orders } = await shop.agrees();
    t.equal(orders.length, known + 28);
    t.same(pidsOf(system, "redis"), pids, "no other process restarted");
  },
);

t.test("orders succeed while Redis hangs", async (t) => {
  const redis = system.processes.get("redis");
  redis?.kill("SIGSTOP");
  const answers = await Promise.all(Array.from({ length: 8 }, () => timed(shop.place())));
  for (const answer of answers) {
    t.match(answer, { status: 200, code: "OK" });
    t.ok(answer.ms < 4_000, `${Math.round(answer.ms)} ms`);
  }
  redis?.kill("SIGCONT");
  await shop.agrees();
});
