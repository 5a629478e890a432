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
/** Whose streams are looked into: tests/portability tries the others. */
const broker = "redis";

/** Most of the time passes while the lease of a dead relay runs out: let the tests do that together. */
t.jobs = 2;

/** Asks for several orders at once. Whoever asks may see them fail; the keys are what it can ask again with. */
function placeMany({ place }: Shop) {
  const keys = Array.from({ length: orders }, () => randomUUID());
  return { keys, answers: Promise.allSettled(keys.map((key) => place(key))) };
}

/** Asks again with the same keys: whatever became of the first calls, there is one order a key. */
async function repeat({ place }: Shop, keys: string[]): Promise<Set<string>> {
  const answers = await Promise.all(keys.map((key) => place(key)));
  return new Set(answers.map(placedId));
}

async function redisOf(t: Test, { system }: Shop): Promise<Redis> {
  const redis = new Redis(system.redisUrl);
  t.teardown(() => redis.disconnect());
  return redis;
}

/** The events that lie in a topic's stream. */
const lying = async (redis: Redis, topic: string) => (await streamEvents(redis, topic)).map(({ id }) => id);

const claimed = ({ system }: Shop) =>
  ask<{ id: string }>(system.databaseUrl("orders"), "select id from outbox where claimed_until > now()");

t.test(
  "orders dies between commit and publish: after its restart every event has its effect, once",
  { buffered: true },
  async (t) => {
    const shop = await openShop(t, { broker, env: { orders: { SIDECART_FAULT: "SIGKILL@before-publish" } } });
    const redis = await redisOf(t, shop);
    const { keys, answers } = placeMany(shop);
    const exit = await shop.system.processes.get("orders")?.exited;
    t.match(exit, { signal: "SIGKILL", expected: false });
    t.not((await claimed(shop)).length, 0, "committed and claimed");
    t.same(await lying(redis, placed), [], "and not published");

    await shop.system.start("orders");
    await answers;
    t.equal((await repeat(shop, keys)).size, orders);
    const books = await shop.agrees();
    t.equal(books.orders.length, orders);
  },
);

t.test("its sidecar dies there: the relay goes on with the next one", { buffered: true }, async (t) => {
  const shop = await openShop(t, { broker, env: { orders: { SIDECART_FAULT: "SIGSTOP@before-publish" } } });
  const redis = await redisOf(t, shop);
  const process = shop.system.processes.get("orders");
  const { keys, answers } = placeMany(shop);
  await untilStopped(process?.pid);
  await shop.system.kill("orders-dapr");
  process?.kill("SIGCONT");
  t.not((await claimed(shop)).length, 0, "committed and claimed");
  t.same(await lying(redis, placed), [], "and not published");

  await shop.system.start("orders-dapr");
  await answers;
  t.equal((await repeat(shop, keys)).size, orders);
  const books = await shop.agrees();
  t.equal(books.orders.length, orders);
});

t.test(
  "orders dies between publish and settle: the event comes twice and has one effect",
  { buffered: true },
  async (t) => {
    const shop = await openShop(t, { broker, env: { orders: { SIDECART_FAULT: "SIGKILL@before-settle" } } });
    const redis = await redisOf(t, shop);
    const { keys, answers } = placeMany(shop);
    await shop.system.processes.get("orders")?.exited;
    const published = await lying(redis, placed);
    t.not(published.length, 0);
    // others may have been committed meanwhile, which are not published
    const waiting = new Set((await claimed(shop)).map(({ id }) => id));
    t.same(
      published.filter((id) => !waiting.has(id)),
      [],
      "published, and not yet marked so",
    );

    await shop.system.start("orders");
    await answers;
    t.equal((await repeat(shop, keys)).size, orders);
    const books = await shop.agrees();
    t.equal(books.orders.length, orders);
    t.equal((await lying(redis, placed)).length, orders + published.length);
  },
);

t.test("events that the broker refuses wait, and hold up no others", { buffered: true }, async (t) => {
  const shop = await openShop(t, { broker });
  const redis = await redisOf(t, shop);
  // Something that is no stream: whatever is added to it is refused.
  await redis.set(placed, "in the way");
  const { answers } = placeMany(shop);
  for (const answer of await answers) {
    if (answer.status === "fulfilled") await shop.cancel(placedId(answer.value));
  }
  const { customer } = shop;
  t.equal((await customer.get<{ orders: object[] }>("{ orders { id } }")).orders.length, orders);
  const waiting = async () => (await readBooks(shop.system)).waiting.get("orders");
  await eventually("all but the refused to be published", async () => (await waiting()) === orders);
  t.equal((await lying(redis, cancelled)).length, orders);

  await redis.del(placed);
  const books = await shop.agrees();
  t.ok(books.orders.every(({ status }) => status === "cancelled"));
});
