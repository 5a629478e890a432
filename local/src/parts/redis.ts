import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import { StartError } from "../start-error.ts";

/** A Redis to use: ours or one that REDIS_URL names. */
export interface Redis {
  host: string;
  port: number;
  username: string;
  password: string;
}

const answerWithinMs = 2_000;

/** Writes the configuration (the password stays off the command line) and answers how to start the server. */
export async function redisProcess(instance: Instance, program: string, redis: Redis): Promise<ProcessSpec> {
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
  if (url?.protocol !== "redis:")
    throw new StartError("REDIS_URL must be of the form redis://[user:password@]host[:port]");
  return {
    host: url.hostname,
    port: Number(url.port || 6379),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

export function redisUrl({ host, port, username, password }: Redis): string {
  const login = password === "" ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  return `redis://${login}${host}:${port}`;
}

/** True when the server lets us in and has read its data; throws what it says otherwise. */
export async function answersPing({ host, port, username, password }: Redis): Promise<boolean> {
  const socket = connect({ host, port, timeout: answerWithinMs });
  socket.once("timeout", () => socket.destroy(new Error("it does not answer")));
  try {
    await once(socket, "connect");
    const login = username === "" ? [password] : [username, password];
    if (password !== "") socket.write(command("AUTH", ...login));
    socket.write(command("PING"));
    let answer = "";
    for await (const chunk of socket) {
      answer += chunk;
      if (answer.includes("+PONG")) return true;
      const [, refusal] = answer.match(/^-(.*)\r$/m) ?? [];
      if (refusal) throw new Error(refusal);
    }
    throw new Error("it closed the connection");
  } finally {
    socket.destroy();
  }
}

// RESP, https://redis.io/docs/latest/develop/reference/protocol-spec/
function command(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}
