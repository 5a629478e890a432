import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { answersPing, redisProcess } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { startAlone } from "@sidecart/local/process/alone";
import { freePort } from "@sidecart/local/testing/free-port";
import t, { type Test } from "tap";
import { newInstance } from "./set-up.ts";

t.setTimeout(120_000);

/** Starts the set-up of the broadcast on this Redis, which waits at most `seconds`. */
async function start(t: Test, port: number, password: string, seconds: string) {
  const file = join(t.testdir(), "secrets.json");
  await writeFile(file, JSON.stringify({ redis: { host: `127.0.0.1:${port}`, username: "", password } }));
  const component = join(import.meta.dirname, "../../resources/broker/redis/broadcast.yaml");
  const program = join(import.meta.dirname, "../src/main.ts");
  const child = spawn(process.execPath, [program, "--component", component, "--secrets", file], {
    env: { ...process.env, SIDECART_WAIT_SECONDS: seconds },
  });
  t.teardown(() => child.kill());
  const lines = createInterface(child.stdout);
  return { lines, ended: Promise.all([once(child, "exit"), text(child.stderr)]) };
}

t.test("the set-up waits for a server that is not available yet and reports this once", async (t) => {
  const own = { host: "127.0.0.1", port: await freePort(), username: "", password: "secret" };
  const { lines, ended } = await start(t, own.port, own.password, "60");
  const output: string[] = [];
  lines.on("line", (line) => output.push(line));
  await once(lines, "line");
  t.match(output, [/^broadcast: Redis at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED.*; waiting for it$/]);
  const program = await findRedisServer((note) => t.comment(note));
  const server = await startAlone(await redisProcess(await newInstance(t), program, own), () => answersPing(own));
  t.teardown(() => server.stop());
  const [[code], error] = await ended;
  t.same({ code, error, output: output.slice(1) }, { code: 0, error: "", output: ["broadcast: ready"] });

  await t.test("the set-up does not wait after a wrong password", async (t) => {
    const { ended } = await start(t, own.port, "wrong", "60");
    const [[code], error] = await ended;
    t.equal(code, 1);
    t.match(error, /WRONGPASS/);
  });
});

t.test("the wait ends after SIDECART_WAIT_SECONDS", async (t) => {
  const { ended } = await start(t, await freePort(), "secret", "2");
  const [[code], error] = await ended;
  t.equal(code, 1);
  t.match(error, /ECONNREFUSED/);
});
