import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import t, { type Test } from "tap";
import { ask, readBooks } from "../support/books.ts";
import { eventually } from "../support/eventually.ts";
import { openShop, placedId, type Shop } from "../support/shop.ts";
import { untilStopped } from "../support/stopped.ts";
import { streamEvents } from "../support/stream-events.ts";

const orders = 8;
const placed = "orders.order-placed.v1";
const cancelled = "orders.order-cancelled.v1";
/** These tests read Redis streams; tests/portability covers the other brokers. */
const broker = "redis";

/** The tests run in parallel, because most of their time is waiting for the lease of a killed relay to expire. */
t.jobs = 2;

/** Places several orders concurrently. Calls may fail; the returned keys allow retries. */
function placeMany({ place }: Shop) {
  const keys = Array.from({ length: orders }, () => randomUUID());
  return { keys, answers: Promise.allSettled(keys.map((key) => place(key))) };
}

/** Retries with the same keys. Whatever the outcome of the first calls, there is one order per key. */
async function repeat({ place }: Shop, keys: string[]): Promise<Set<string>> {
  const answers = await Promise.all(keys.map((key) => place(key)));
  return new Set(answers.map(placedId));
}

async function redisOf(t: Test, { system }: Shop): Promise<Redis> {
  const redis = new Redis(system.redisUrl);
  t.teardown(() => redis.disconnect());
  return redis;
}

/** The events in a topic's stream. */
const streamed = async (redis: Redis, topic: string) => (await streamEvents(redis, topic)).map(({ id }) => id);

const claimed = ({ system }: Shop) =>
  ask<{ id: string }>(system.databaseUrl("orders"), "select id from outbox where claimed_until > now()");

t.test(
  "orders is killed between commit and publish: after its restart every event has one effect",
  { buffered: true },
  async (t) => {
    const shop = await openShop(t, { broker, env: { orders: { SIDECART_FAULT: "SIGKILL@before-publish" } } });
    const redis = await redisOf(t, shop);
    const { keys, answers } = placeMany(shop);
    const exit = await shop.system.processes.get("orders")?.exited;
    t.match(exit, { signal: "SIGKILL", expected: false });
    t.not((await claimed(shop)).length, 0, "committed and claimed");
    t.same(await streamed(redis, placed), [], "but not published");

    await shop.system.start("orders", { SIDECART_FAULT: undefined });
    await answers;
    t.equal((await repeat(shop, keys)).size, orders);
    const books = await shop.agrees();
    t.equal(books.orders.length, orders);
  },
);

t.test(
  "the sidecar is killed between commit and publish: the relay continues with the next sidecar",
  { buffered: true },
  async (t) => {
    const shop = await openShop(t, { broker, env: { orders: { SIDECART_FAULT: "SIGSTOP@before-publish" } } });
    const redis = await redisOf(t, shop);
    const process = shop.system.processes.get("orders");
    const { keys, answers } = placeMany(shop);
    await untilStopped(process?.pid);
    await shop.system.kill("orders-dapr");
    process?.kill("SIGCONT");
    t.not((await claimed(shop)).length, 0, "committed and claimed");
    t.same(await streamed(redis, placed), [], "but not published");

    await shop.system.start("orders-dapr");
    await answers;
    t.equal((await repeat(shop, keys)).size, orders);
    const books = await shop.agrees();
    t.equal(books.orders.length, orders);
  },
);

t.test(
  "orders is killed between publish and settle: the event is delivered twice and has one effect",
  { buffered: true },
  async (t) => {
    const shop = await openShop(t, { broker, env: { orders: { SIDECART_FAULT: "SIGKILL@before-settle" } } });
    const redis = await redisOf(t, shop);
    const { keys, answers } = placeMany(shop);
    await shop.system.processes.get("orders")?.exited;
    const published = await streamed(redis, placed);
    t.not(published.length, 0);
    // Events that were committed later may still be unpublished.
    const waiting = new Set((await claimed(shop)).map(({ id }) => id));
    t.same(
      published.filter((id) => !waiting.has(id)),
      [],
      "published, but not yet marked as published",
    );

    await shop.system.start("orders", { SIDECART_FAULT: undefined });
    await answers;
    t.equal((await repeat(shop, keys)).size, orders);
    const books = await shop.agrees();
    t.equal(books.orders.length, orders);
    t.equal((await streamed(redis, placed)).length, orders + published.length);
  },
);

t.test("events that the broker rejects stay in the outbox and do not block others", { buffered: true }, async (t) => {
  const shop = await openShop(t, { broker });
  const redis = await redisOf(t, shop);
  // Redis rejects XADD on a key that is not a stream.
  await redis.set(placed, "not a stream");
  const { answers } = placeMany(shop);
  for (const answer of await answers) {
    if (answer.status === "fulfilled") await shop.cancel(placedId(answer.value));
  }
  const { customer } = shop;
  t.equal(
    (await customer.get<{ orders: { nodes: object[] } }>("{ orders { nodes { id } } }")).orders.nodes.length,
    orders,
  );
  const waiting = async () => (await readBooks(shop.system)).waiting.get("orders");
  await eventually("all events except the rejected ones to be published", async () => (await waiting()) === orders);
  t.equal((await streamed(redis, cancelled)).length, orders);

  await redis.del(placed);
  const books = await shop.agrees();
  t.ok(books.orders.every(({ status }) => status === "cancelled"));
});
