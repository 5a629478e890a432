import { clearLastRun, instanceAt, makeFolder } from "@sidecart/local/instance";
import { answersPing, redisProcess, redisUrl } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import { temporaryHome } from "@sidecart/local/testing/started-cli";
import { createLogger } from "@sidecart/platform/telemetry";
import { Redis } from "ioredis";
import t, { type Test } from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { createRateCounts, type RateCounts } from "./rate-counts.ts";
import { connectRedis } from "./redis.ts";

const minute = 60_000;

/** A Redis for this test, and the rate counts of any number of gateway replicas. */
async function setUp(t: Test) {
  const instance = instanceAt("default", temporaryHome(t));
  await makeFolder(instance);
  await clearLastRun(instance);
  const address = { host: "127.0.0.1", port: await freePort(), username: "", password: "secret" };
  const program = await redisProcess(instance, await findRedisServer(() => {}), address);
  const start = async () => {
    const server = await startAlone(program, () => answersPing(address));
    t.teardown(() => server.stop());
    return server;
  };
  const server = await start();
  const connectReplica = async () => {
    const redis = connectRedis(redisUrl(address), createLogger("test", "silent"));
    t.teardown(() => redis.disconnect());
    await new Promise((resolve) => redis.once("ready", resolve));
    return redis;
  };
  const replica = async (windowMs = minute): Promise<RateCounts> =>
    createRateCounts(await connectReplica(), "test:", windowMs);
  const connect = () => {
    const redis = new Redis(redisUrl(address));
    t.teardown(() => redis.disconnect());
    return redis;
  };
  return { replica, server, start, connect, connectReplica };
}

const times = (count: number) => Array.from({ length: count });
const counted = async (counts: RateCounts, key: string) => (await counts.approximate(key)).current;

t.test("one replica counts each request", async (t) => {
  const { replica } = await setUp(t);
  const counts = await replica();
  const firsts = await Promise.all(times(5).map(() => counted(counts, "a")));
  t.same(firsts, [1, 2, 3, 4, 5], "concurrent requests before the first reply of Redis");
  t.equal(await counted(counts, "a"), 6);
  t.equal(await counted(counts, "b"), 1, "another address has its own count");
  await counts.close();
});

t.test("a new replica continues the count of a stopped one", async (t) => {
  const { replica } = await setUp(t);
  const stopping = await replica();
  for (const _ of times(7)) await counted(stopping, "a");
  await stopping.close();
  const next = await replica();
  t.equal(await counted(next, "a"), 8);
  await next.close();
});

t.test("two replicas learn each other's counts, and count no request twice", async (t) => {
  const { replica } = await setUp(t);
  const [one, other] = [await replica(), await replica()];
  for (const _ of times(20)) await Promise.all([counted(one, "a"), counted(other, "a")]);
  let asked = 40;
  await eventually("both replicas to know all counts", async () => {
    asked += 1;
    return (await counted(one, "a")) === asked;
  });
  await Promise.all([one.close(), other.close()]);
  const next = await replica();
  t.equal(await counted(next, "a"), asked + 1);
  await next.close();
});

t.test("log-ins are counted exactly across replicas", async (t) => {
  const { replica } = await setUp(t);
  const [one, other] = [await replica(), await replica()];
  const currents = await Promise.all(times(10).flatMap(() => [one.exact("a"), other.exact("a")]));
  t.same(new Set(currents.map(({ current }) => current)), new Set(times(20).map((_, at) => at + 1)));
});

t.test("after a window ends, the next request starts a new one", async (t) => {
  const { replica } = await setUp(t);
  const counts = await replica(200);
  for (const _ of times(5)) await counted(counts, "a");
  await eventually("a new window", async () => (await counted(counts, "a")) === 1);
  await counts.close();
});

t.test("a command that Redis runs after the timeout is counted once", async (t) => {
  const { replica, connect } = await setUp(t);
  const counts = await replica();
  const redis = connect();
  t.equal(await counted(counts, "a"), 1);
  await redis.call("CLIENT", "PAUSE", "2000", "ALL");
  for (const _ of times(4)) await counted(counts, "a");
  await eventually("the end of the pause", async () => Number(await redis.get("test:a")) >= 5);
  t.equal(await counted(counts, "a"), 6);
  await counts.close();
  t.equal(await redis.get("test:a"), "6");
});

t.test("a command whose reply is lost with the connection is not retried", async (t) => {
  const { connect, connectReplica } = await setUp(t);
  const redis = await connectReplica();
  await connect().call("CLIENT", "PAUSE", "1000", "ALL");
  const unanswered = redis.incr("test:a");
  redis.disconnect(true);
  await t.rejects(unanswered, { name: "MaxRetriesPerRequestError" });
});

t.test("a count that Redis refuses is sent again", async (t) => {
  const { replica, connect } = await setUp(t);
  const counts = await replica();
  const redis = connect();
  await counted(counts, "a");
  await redis.set("test:a", "no number", "PX", minute);
  await eventually("a refusal", async () => (await redis.info("errorstats")).includes("errorstat_ERR"));
  await redis.set("test:a", "0", "PX", minute);
  await eventually("the sum", async () => (await redis.get("test:a")) === "1");
  await counts.close();
});

t.test("more addresses than fit in one pipeline are all sent", async (t) => {
  const { replica, connect } = await setUp(t);
  const counts = await replica();
  await Promise.all(times(2_500).map((_, at) => counted(counts, `${at}`)));
  await counts.close();
  const redis = connect();
  const sums = await redis.mget(times(2_500).map((_, at) => `test:${at}`));
  t.same(new Set(sums), new Set(["1"]));
});

t.test("without Redis a replica keeps the counts of 20,000 addresses, and sends them when Redis is back", async (t) => {
  const { replica, server, start, connect } = await setUp(t);
  const counts = await replica();
  await server.stop();
  await counted(counts, "first");
  for (const at of times(20_000).keys()) await counted(counts, `${at}`);
  await start();
  const redis = connect();
  await eventually("the latest sum", async () => (await redis.get("test:19999")) === "1");
  t.equal(await redis.get("test:first"), null, "forgotten");
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
  const logIns = [await counts.exact("log-in"), await counts.exact("log-in")];
  t.match(logIns, [{ current: 1 }, { current: 2 }], "log-ins too are limited by each replica alone");
  await counts.close();
});
