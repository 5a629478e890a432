import { clearLastRun, instanceAt, makeFolder } from "@sidecart/local/instance";
import { answersPing, redisProcess, redisUrl } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import { temporaryHome } from "@sidecart/local/testing/started-cli";
import { createLogger } from "@sidecart/platform/log";
import t, { type Test } from "tap";
import { eventually } from "../../tests/support/eventually.ts";
import { createRateCounts, type RateCounts } from "./rate-counts.ts";
import { connectRedis } from "./redis.ts";

const minute = 60_000;

/** A Redis of its own, and what each replica of a gateway counts with. */
async function setUp(t: Test) {
  const instance = instanceAt("default", temporaryHome(t));
  await makeFolder(instance);
  await clearLastRun(instance);
  const address = { host: "127.0.0.1", port: await freePort(), username: "", password: "secret" };
  const program = await redisProcess(instance, await findRedisServer(() => {}), address);
  const server = await startAlone(program, () => answersPing(address));
  t.teardown(() => server.stop());
  const replica = async (windowMs = minute): Promise<RateCounts> => {
    const redis = connectRedis(redisUrl(address), createLogger("test", "silent"));
    t.teardown(() => redis.disconnect());
    await new Promise((resolve) => redis.once("ready", resolve));
    return createRateCounts(redis, "test:", windowMs);
  };
  return { replica, server };
}

const times = (count: number) => Array.from({ length: count });
const counted = async (counts: RateCounts, key: string) => (await counts.nearly(key)).current;

t.test("one replica counts each request", async (t) => {
  const { replica } = await setUp(t);
  const counts = await replica();
  const firsts = await Promise.all(times(5).map(() => counted(counts, "a")));
  t.same(firsts, [1, 2, 3, 4, 5], "those that came together before anything was known");
  t.equal(await counted(counts, "a"), 6);
  t.equal(await counted(counts, "b"), 1, "another address has its own");
  await counts.close();
});

t.test("a replica that starts goes on where another one stopped", async (t) => {
  const { replica } = await setUp(t);
  const stopping = await replica();
  for (const _ of times(7)) await counted(stopping, "a");
  await stopping.close();
  const next = await replica();
  t.equal(await counted(next, "a"), 8);
  await next.close();
});

t.test("two replicas come to know each other's requests, and count none twice", async (t) => {
  const { replica } = await setUp(t);
  const [one, other] = [await replica(), await replica()];
  for (const _ of times(20)) await Promise.all([counted(one, "a"), counted(other, "a")]);
  let asked = 40;
  await eventually("both know of all", async () => {
    asked += 1;
    return (await counted(one, "a")) === asked;
  });
  await Promise.all([one.close(), other.close()]);
  const next = await replica();
  t.equal(await counted(next, "a"), asked + 1);
  await next.close();
});

t.test("log-ins are exact between replicas", async (t) => {
  const { replica } = await setUp(t);
  const [one, other] = [await replica(), await replica()];
  const currents = await Promise.all(times(10).flatMap(() => [one.exactly("a"), other.exactly("a")]));
  t.same(new Set(currents.map(({ current }) => current)), new Set(times(20).map((_, at) => at + 1)));
});

t.test("a window ends, and the next begins with the next request", async (t) => {
  const { replica } = await setUp(t);
  const counts = await replica(200);
  for (const _ of times(5)) await counted(counts, "a");
  await eventually("a new window", async () => (await counted(counts, "a")) === 1);
  await counts.close();
});

t.test("without Redis a replica counts alone", async (t) => {
  const { replica, server } = await setUp(t);
  const counts = await replica();
  t.equal(await counted(counts, "a"), 1);
  await server.stop();
  t.equal(await counted(counts, "a"), 2);
  t.equal(await counted(counts, "b"), 1);
  t.equal(await counted(counts, "b"), 2);
  await t.rejects(counts.exactly("a"));
  await counts.close();
});
