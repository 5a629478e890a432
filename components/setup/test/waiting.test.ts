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

/** The program on the broadcast over this Redis, patient for so long. */
async function started(t: Test, port: number, password: string, seconds: string) {
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

t.test("a server that is not there yet is waited for, and what it waits for is said once", async (t) => {
  const own = { host: "127.0.0.1", port: await freePort(), username: "", password: "secret" };
  const { lines, ended } = await started(t, own.port, own.password, "60");
  const said: string[] = [];
  lines.on("line", (line) => said.push(line));
  await once(lines, "line");
  t.match(said, [/^broadcast: Redis at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED.*; waiting for it$/]);
  const program = await findRedisServer((note) => t.comment(note));
  const server = await startAlone(await redisProcess(await newInstance(t), program, own), () => answersPing(own));
  t.teardown(() => server.stop());
  const [[code], error] = await ended;
  t.same({ code, error, said: said.slice(1) }, { code: 0, error: "", said: ["broadcast: ready"] });

  await t.test("a wrong password is not", async (t) => {
    const { ended } = await started(t, own.port, "wrong", "60");
    const [[code], error] = await ended;
    t.equal(code, 1);
    t.match(error, /WRONGPASS/);
  });
});

t.test("the wait has an end", async (t) => {
  const { ended } = await started(t, await freePort(), "secret", "2");
  const [[code], error] = await ended;
  t.equal(code, 1);
  t.match(error, /ECONNREFUSED/);
});
