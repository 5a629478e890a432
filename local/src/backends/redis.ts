import { unusable } from "../diagnosis/remedy.ts";
import { answersPing, type Redis, redisFromUrl, redisProcess, redisUrl } from "../parts/redis.ts";
import { findRedisServer } from "../parts/redis-server.ts";
import type { Run } from "../run.ts";
import { credentialsOf } from "../secrets/credentials.ts";
import type { Backend } from "./backend.ts";

const loopback = "127.0.0.1";

/** Broker and state on one Redis, which also holds the gateway's rate limits. */
export const redis: Backend = {
  async start(run) {
    const server = await (process.env.REDIS_URL ? existing(process.env.REDIS_URL) : own(run));
    const { host, port, username, password } = server;
    return { redis: { host: `${host}:${port}`, username, password, url: redisUrl(server) } };
  },
};

async function existing(url: string): Promise<Redis> {
  const server = redisFromUrl(url);
  await answersPing(server).catch((error: unknown) => {
    throw unusable(`Redis at ${server.host}:${server.port}`, "REDIS_URL", error);
  });
  return server;
}

async function own(run: Run): Promise<Redis> {
  const program = await findRedisServer(run.note, run.signal);
  const { api } = await run.take("redis", ["api"]);
  const { redis: password } = credentialsOf(run.instance, []);
  const server = { host: loopback, port: api, username: "", password };
  await run.start("stores", await redisProcess(run.instance, program, server), () => answersPing(server));
  await run.system.ready("redis");
  return server;
}
