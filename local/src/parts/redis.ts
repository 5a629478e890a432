import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Redis as Client } from "ioredis";
import type { Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import { StartError } from "../start-error.ts";

/** The Redis to use: ours or the one in REDIS_URL. */
export interface Redis {
  host: string;
  port: number;
  username: string;
  password: string;
  /** Whether the connection is encrypted. */
  encrypted?: boolean;
}

const answerWithinMs = 2_000;

/** The user of the gateway's rate limits. It may count, but neither read nor write events. The chart's Redis has the same. */
const rateLimitRules =
  "resetkeys ~sidecart:rate:* resetchannels -@all +@connection -@dangerous +info +incrby +pttl +pexpire +eval +evalsha";
export const rateLimitUser = "sidecart-rate-limits";

/**
 * Writes the configuration, which keeps passwords off the command line, and returns how to start the server. With a
 * password for rate limits it has their user.
 */
export async function redisProcess(
  instance: Instance,
  program: string,
  redis: Redis,
  rateLimitPassword?: string,
): Promise<ProcessSpec> {
  const folder = join(instance.folder, "redis");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "redis.conf");
  const settings = [
    `bind ${redis.host}`,
    `port ${redis.port}`,
    `requirepass ${redis.password}`,
    `dir "${folder}"`,
    "appendonly yes",
    'save ""',
    "daemonize no",
    ...(rateLimitPassword ? [`user ${rateLimitUser} on >${rateLimitPassword} ${rateLimitRules}`] : []),
  ];
  writeFileSync(file, `${settings.join("\n")}\n`, { mode: 0o600 });
  return {
    name: "redis",
    command: program,
    args: [file],
    cwd: folder,
    env: inheritedEnvironment(),
    log: join(instance.logs, "redis.log"),
  };
}

export function redisFromUrl(text: string): Redis {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol))
    throw new StartError("REDIS_URL must be of the form redis[s]://[user:password@]host[:port]");
  return {
    host: url.hostname,
    port: Number(url.port || 6379),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    encrypted: url.protocol === "rediss:",
  };
}

export function redisUrl({ host, port, username, password, encrypted }: Redis): string {
  const login = password === "" ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  return `${encrypted ? "rediss" : "redis"}://${login}${host}:${port}`;
}

/** True if the server accepts the log-in and has loaded its data; else throws its error. */
export async function answersPing({ host, port, username, password, encrypted }: Redis): Promise<boolean> {
  const client = new Client({
    host,
    port,
    username,
    password,
    ...(encrypted && { tls: {} }),
    connectTimeout: answerWithinMs,
    commandTimeout: answerWithinMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    lazyConnect: true,
  });
  let trouble: unknown;
  client.on("error", (error) => {
    trouble ??= error;
  });
  try {
    await client.connect();
    return (await client.ping()) === "PONG";
  } catch (error) {
    throw trouble ?? error;
  } finally {
    client.disconnect();
  }
}
