import { unusable } from "../diagnosis/remedy.ts";
import { answersPing, type Redis, rateLimitUser, redisFromUrl, redisProcess, redisUrl } from "../parts/redis.ts";
import { findRedisServer } from "../parts/redis-server.ts";
import type { Run } from "../run.ts";
import { credentialsOf, passwordOf } from "../secrets/credentials.ts";
import type { Backend } from "./backend.ts";

const loopback = "127.0.0.1";

/** Broker and state on one Redis, which also holds the gateway's rate limits. */
export const redis: Backend = {
  async start(run) {
    const { server, rateLimits } = await (process.env.REDIS_URL ? existing(process.env.REDIS_URL) : own(run));
    const { host, port, username, password, encrypted = false } = server;
    const redis = { host: `${host}:${port}`, username, password, enableTLS: String(encrypted), url: redisUrl(server) };
    return { redis, "rate-limits": { url: redisUrl(rateLimits) } };
  },
};

/** The server, and the log-in of the rate limits. */
type Users = { server: Redis; rateLimits: Redis };

/** A server of the user's own: it has one log-in. */
async function existing(url: string): Promise<Users> {
  const server = redisFromUrl(url);
  await answersPing(server).catch((error: unknown) => {
    throw unusable(`Redis at ${server.host}:${server.port}`, "REDIS_URL", error);
  });
  return { server, rateLimits: server };
}

async function own(run: Run): Promise<Users> {
  const program = await findRedisServer(run.note, run.signal);
  const { api } = await run.take("redis", ["api"]);
  const { redis: password } = credentialsOf(run.instance, []);
  const server = { host: loopback, port: api, username: "", password };
  const rateLimits = { ...server, username: rateLimitUser, password: passwordOf(run.instance, "rate-limits") };
  const spec = await redisProcess(run.instance, program, server, rateLimits.password);
  await run.start("stores", spec, () => answersPing(server));
  await run.system.ready("redis");
  return { server, rateLimits };
}
