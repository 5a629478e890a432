import { randomUUID } from "node:crypto";
import { messagesOf, type OutboxRow, toCloudEvent } from "@sidecart/platform/events";
import { background } from "@sidecart/platform/rpc";
import pg from "pg";
import t from "tap";
import { ask } from "../support/books.ts";
import { behindSidecar } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { pidsOf, timed } from "../support/outage.ts";
import { logIn } from "../support/people.ts";
import { openShop, placedId } from "../support/shop.ts";
import { streamsOf } from "../support/streams.ts";

const placed = "orders.order-placed.v1";
const shop = await openShop(t, { broker: "redis" });
const { system, customer } = shop;
const streams = await streamsOf(t, shop);

t.test(
  "without Postgres every request fails at once with UNAVAILABLE, and succeeds when Postgres is up again",
  async (t) => {
    const keys = Array.from({ length: 8 }, () => randomUUID());
    const first = await Promise.all(keys.map((key) => shop.place(key)));
    const pids = pidsOf(system, "postgres");
    await system.kill("postgres");

    const away = { status: 503, code: "UNAVAILABLE" };
    const requests = {
      "placing an order": () => shop.place(),
      "own orders": () => customer.ask("{ orders { nodes { id } } }"),
      "a product": () => customer.ask(`{ product(id: "${shop.products[0]}") { name } }`),
      "one's account": () => customer.ask("{ me { id } }"),
    };
    for (const [what, request] of Object.entries(requests)) {
      const answer = await timed(request());
      t.match(answer, away, what);
      t.ok(answer.ms < 2_000, `${what}: ${Math.round(answer.ms)} ms`);
    }
    await t.rejects(logIn(system.gatewayUrl, "admin@sidecart.test", "sidecart-local"), /UNAVAILABLE/);

    await system.start("postgres");
    for (const [what, request] of Object.entries(requests)) {
      await eventually(`${what} to succeed`, async () => (await timed(request())).status === 200, 5_000);
    }
    const again = await Promise.all(keys.map((key) => shop.place(key)));
    t.same(again.map(placedId), first.map(placedId), "the same orders are returned");
    await shop.agrees();
    t.same(pidsOf(system, "postgres"), pids, "no other process restarted");
  },
);

t.test("events that arrive while Postgres is down are handled when it is up again", async (t) => {
  await streams.allRead();
  await streams.block(placed);
  for (let count = 0; count < 24; count += 1) placedId(await shop.place());
  // The test publishes these events itself, so it removes them from the outbox.
  const rows = await ask<OutboxRow & { at: Date }>(
    system.databaseUrl("orders"),
    "delete from outbox returning id, topic, key, data, traceparent, created_at as at",
  );
  t.equal(rows.length, 24);
  await system.kill("postgres");
  await streams.unblock(placed);
  const events = rows.map((row) => ({ id: row.id, event: toCloudEvent(row, "orders", row.at.toISOString()) }));
  const { sidecar } = behindSidecar(t, system, "orders");
  const refused = await sidecar.publish("pubsub", placed, messagesOf(events), background(10_000));
  t.equal(refused.size, 0);
  await eventually("catalog to fail to handle them", async () => (await streams.pending(placed)) > 0);

  await system.start("postgres");
  await shop.agrees();
});

t.test("a request with a blocked statement fails within the deadline with an error code", async (t) => {
  const blocker = new pg.Client({ connectionString: system.databaseUrl("orders") });
  await blocker.connect();
  t.teardown(() => blocker.end());
  await blocker.query("begin; lock table orders in access exclusive mode");
  const key = randomUUID();
  const answers = await Promise.all([
    timed(shop.place(key)),
    timed(customer.ask("{ orders { nodes { id } } }")),
    timed(customer.ask(`{ product(id: "${shop.products[0]}") { name } }`)),
  ]);
  const [placing, reading, product] = answers;
  for (const { status, code, ms } of [placing, reading]) {
    t.match([`${status} ${code}`], [/^(503 UNAVAILABLE|504 TIMEOUT)$/]);
    t.ok(ms < 11_000, `${Math.round(ms)} ms`);
  }
  t.equal(product.status, 200, "catalog is not affected");
  await blocker.query("rollback");
  placedId(await shop.place(key));
  await shop.agrees();
});
