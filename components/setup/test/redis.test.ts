import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answersPing, redisProcess } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import { Redis } from "ioredis";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { deleteAbandoned } from "../src/steps/redis.ts";
import { newInstance, runSetUp, setUpBroker } from "./set-up.ts";

t.setTimeout(120_000);

const placed = "orders.order-placed.v1";

const own = { host: "127.0.0.1", port: await freePort(), username: "", password: "secret" };
const program = await findRedisServer((text) => t.comment(text));
const server = await startAlone(await redisProcess(await newInstance(t), program, own), () => answersPing(own));
t.teardown(() => server.stop());
const secret = { host: `${own.host}:${own.port}`, username: "", password: own.password };
const client = new Redis(own);
t.teardown(() => client.disconnect());
const groups = async () => {
  const rows = (await client.xinfo("GROUPS", placed)) as unknown[][];
  return rows.map((row) => String(row[1])).sort();
};

t.test("active groups and groups of services are not deleted", async (t) => {
  await client.xadd(placed, "*", "data", "{}");
  for (const name of ["broadcast-of-others", "catalog", "sidecart-broadcast-a", "sidecart-broadcast-b"]) {
    await client.xgroup("CREATE", placed, name, "0", "MKSTREAM");
    await client.xreadgroup("GROUP", name, name, "COUNT", 1, "STREAMS", placed, ">");
  }
  const output = await setUpBroker(t, "redis", { redis: secret });
  t.same(output, { code: 0, out: ["pubsub: ready", "broadcast: ready"], error: "" });
  t.same(await groups(), ["broadcast-of-others", "catalog", "sidecart-broadcast-a", "sidecart-broadcast-b"]);
});

t.test("abandoned groups are deleted", async (t) => {
  const idle = async (group: string) => {
    const [reader] = (await client.xinfo("CONSUMERS", placed, group)) as unknown[][];
    return Number(reader?.[reader.indexOf("idle") + 1]);
  };
  await eventually("one group to be idle while another reads", async () => {
    await client.xadd(placed, "*", "data", "{}");
    await client.xreadgroup(
      "GROUP",
      "sidecart-broadcast-a",
      "sidecart-broadcast-a",
      "COUNT",
      1,
      "STREAMS",
      placed,
      ">",
    );
    return (await idle("sidecart-broadcast-b")) >= 3_000;
  });
  t.equal(await deleteAbandoned(client, [placed, "no.such.topic.v1"], "sidecart-broadcast-", 2_000), 1);
  t.same(await groups(), ["broadcast-of-others", "catalog", "sidecart-broadcast-a"]);
});

t.test("a key that is not a stream is an error", async (t) => {
  await client.set("catalog.catalog-changed.v1", "in the way");
  const output = await setUpBroker(t, "redis", { redis: secret });
  t.match(output, { code: 1, error: /^broadcast: .*WRONGTYPE.*; .*\n$/ });
  await client.del("catalog.catalog-changed.v1");
});

t.test("secrets may be a folder as Kubernetes mounts it", async (t) => {
  const folder = t.testdir();
  await mkdir(join(folder, "redis"));
  for (const [key, value] of Object.entries(secret)) await writeFile(join(folder, "redis", key), value);
  const yaml = join(import.meta.dirname, "../../resources/broker/redis/pubsub.yaml");
  t.same(await runSetUp(["--component", yaml, "--secrets", folder]), { code: 0, out: ["pubsub: ready"], error: "" });
});

t.test("an error is one line with component, cause and fix", async (t) => {
  const other = (change: object) => setUpBroker(t, "redis", { redis: { ...secret, ...change } });
  t.match(await other({ password: "wrong" }), {
    code: 1,
    error: /^pubsub: Redis at \S+ cannot be used: WRONGPASS .*; check .* in the secret redis\n$/,
  });
  t.match(await other({ host: `127.0.0.1:${await freePort()}` }), {
    code: 1,
    error: /^pubsub: Redis at \S+ cannot be used: .*ECONNREFUSED.*; check that it runs.*\n$/,
  });
  await client.config("SET", "maxmemory-policy", "allkeys-lru");
  t.match(await other({}), { code: 1, error: /^pubsub: Redis deletes events .*; set maxmemory-policy to .*\n$/ });
});

t.test("the program prints its usage and names missing input", async (t) => {
  t.match(await runSetUp(["--help"]), { code: 0, out: [/^Creates and checks/], error: "" });
  const yaml = join(import.meta.dirname, "../../resources/broker/redis/pubsub.yaml");
  t.match(await runSetUp(["--component", yaml, "--secrets", join(t.testdir(), "none")]), {
    code: 1,
    error: /^setup: \S+none does not exist/,
  });
  t.match(await runSetUp(["--component", "/no/such.yaml", "--secrets", "/tmp"]), {
    code: 1,
    error: /^setup: \/no\/such\.yaml/,
  });
  t.match(await runSetUp(["--component", yaml, "--secrets", "/tmp", "--replicas", "none"]), {
    code: 1,
    error: "setup: --replicas none is not a whole number above 0; see --help\n",
  });
});
