import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import t, { type Test } from "tap";
import { clearLastRun, instanceAt, makeFolder } from "../instance.ts";
import { startAlone } from "../process/alone.ts";
import { freePort } from "../testing/free-port.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { answersPing, type Redis, redisFromUrl, redisProcess, redisUrl } from "./redis.ts";
import { findRedisServer } from "./redis-server.ts";

const own = { host: "127.0.0.1", username: "", password: "secret" };

/** Accepts every connection and sends this text, if there is one. */
async function stranger(t: Test, words: string): Promise<Redis> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(words);
  });
  await once(server.listen(0, own.host), "listening");
  t.teardown(() => server.close());
  return { ...own, port: (server.address() as AddressInfo).port };
}

t.test("REDIS_URL may have a user, a password and a port", async (t) => {
  const redis = redisFromUrl("redis://app:p%40ss@cache.example.test:6380");
  t.same(redis, { host: "cache.example.test", port: 6380, username: "app", password: "p@ss", encrypted: false });
  t.equal(redisUrl(redis), "redis://app:p%40ss@cache.example.test:6380");
  t.same(redisFromUrl("redis://localhost"), {
    host: "localhost",
    port: 6379,
    username: "",
    password: "",
    encrypted: false,
  });
  t.equal(redisUrl(redisFromUrl("rediss://:secret@host")), "rediss://:secret@host:6379");
});

t.test("another kind of URL is refused", async (t) => {
  for (const url of ["http://host", "host:6379", "redisss://host"]) {
    t.throws(() => redisFromUrl(url), { message: /REDIS_URL must be of the form redis/ });
  }
});

t.test("Redis responds after a log-in, and otherwise says why it refuses", async (t) => {
  const instance = instanceAt("default", temporaryHome(t));
  await makeFolder(instance);
  await clearLastRun(instance);
  const redis = { ...own, port: await freePort() };
  await t.rejects(answersPing(redis), { code: "ECONNREFUSED" });
  const program = await findRedisServer((text) => t.comment(text));
  const server = await startAlone(await redisProcess(instance, program, redis), () => answersPing(redis));
  t.teardown(() => server.stop());
  t.ok(await answersPing(redis));
  await t.rejects(answersPing({ ...redis, password: "wrong" }), /WRONGPASS/);
  await t.rejects(answersPing({ ...redis, username: "nobody" }), /WRONGPASS/);
  await t.rejects(answersPing({ ...redis, password: "" }), /NOAUTH/);
});

t.test("a server that is not Redis is refused, even if it never responds", async (t) => {
  await t.rejects(answersPing(await stranger(t, "SSH-2.0-OpenSSH\r\n")));
  await t.rejects(answersPing(await stranger(t, "")));
});
