import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { clearLastRun, instanceAt, makeFolder } from "@sidecart/local/instance";
import { answersPing, redisProcess } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import { temporaryHome } from "@sidecart/local/testing/started-cli";
import { Redis } from "ioredis";
import t from "tap";
import { createRateCounts } from "../../gateway/src/http/rate-counts.ts";
import { ci, named, render } from "./render.ts";

const manifests = await render([ci("redis")]);
const secret = (name: string, key: string) =>
  Buffer.from(named(manifests, "Secret", name).data[key], "base64").toString();
const instance = instanceAt("default", temporaryHome(t));
await makeFolder(instance);
await clearLastRun(instance);
const address = { host: "127.0.0.1", port: await freePort(), username: "", password: secret("redis", "password") };
const spec = await redisProcess(instance, await findRedisServer((text) => t.comment(text)), address);
// the chart's settings on this machine
const folder = join(instance.folder, "redis");
await mkdir(folder, { recursive: true });
const settings = secret("redis", "redis.conf").replace("dir /data", `dir "${folder}"`);
await writeFile(join(folder, "redis.conf"), `${settings}port ${address.port}\nbind 127.0.0.1\n`);
const server = await startAlone(spec, () => answersPing(address));
t.teardown(() => server.stop());

const url = secret("rate-limits", "url").replace("@redis:6379", `@127.0.0.1:${address.port}`);
const limited = new Redis(url, { maxRetriesPerRequest: 0 });
t.teardown(() => limited.disconnect());

await t.test("the gateway's user counts, exactly and in windows", async (t) => {
  const counts = createRateCounts(limited, "sidecart:rate:", 60_000);
  t.teardown(() => counts.close());
  t.match(await counts.exact("login:one"), { current: 1 });
  t.match(await counts.exact("login:one"), { current: 2 });
  t.match(await counts.approximate("one"), { current: 1 });
});

await t.test("it can neither write nor read what others keep there", async (t) => {
  const all = new Redis({ ...address, maxRetriesPerRequest: 0 });
  t.teardown(() => all.disconnect());
  await all.xadd("orders.order-paid.v1", "*", "data", "true");
  const forbidden: [string, ...string[]][] = [
    ["XADD", "orders.order-paid.v1", "*", "data", "forged"],
    ["XRANGE", "orders.order-paid.v1", "-", "+"],
    ["DEL", "orders.order-paid.v1"],
    ["SET", "accounts||session", "x"],
    ["INCRBY", "other:one", "1"],
    ["EVAL", "return redis.call('INCRBY', KEYS[1], 1)", "1", "other:one"],
    ["EVAL", "return redis.call('XADD', 'orders.order-paid.v1', '*', 'a', 'b')", "0"],
    ["PUBLISH", "orders", "x"],
    ["SUBSCRIBE", "orders"],
    ["SCAN", "0"],
    ["KEYS", "*"],
    ["FLUSHALL"],
    ["CONFIG", "GET", "requirepass"],
    ["ACL", "LIST"],
    ["CLIENT", "LIST"],
    ["SHUTDOWN"],
  ];
  for (const [command, ...args] of forbidden)
    await t.rejects(limited.call(command, ...args), /NOPERM|can't run this command/i, `${command} ${args.join(" ")}`);
  t.equal(await all.xlen("orders.order-paid.v1"), 1);
});
