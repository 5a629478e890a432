import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { StartError } from "../start-error.ts";
import { ManagedProcess } from "./managed-process.ts";
import { answersOk, untilReady } from "./readiness.ts";

/** A program that prints one line and waits. */
async function idle(t: Test): Promise<ManagedProcess> {
  const program = new ManagedProcess({
    name: "idle",
    command: process.execPath,
    args: ["-e", "console.log('I wait'); setTimeout(() => {}, 60_000)"],
    cwd: t.testdirName,
    env: {},
    log: join(t.testdir({}), "idle.log"),
  });
  program.start();
  t.teardown(() => program.stop());
  await eventually("its first line", async () => program.lastLines().length > 0);
  return program;
}
async function answering(t: Test, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
}

t.test("the error of a program that is not ready in time has the probe's error and its output", async (t) => {
  const url = await answering(t, 503, '{"checks":{"orders":"unavailable"}}');
  await t.rejects(
    untilReady(await idle(t), () => answersOk(url), 60),
    {
      message: "idle was not ready within 0.06 s",
      details: [`GET ${url} returned 503: {"checks":{"orders":"unavailable"}}`, "I wait"],
    },
  );
});

t.test("an error that waiting cannot help ends the wait at once", async (t) => {
  const hopeless = new StartError("wrong password");
  await t.rejects(
    untilReady(await idle(t), () => Promise.reject(hopeless)),
    hopeless,
  );
});

t.test("a refused connection is reported", async (t) => {
  await t.rejects(
    untilReady(await idle(t), () => answersOk("http://127.0.0.1:1/readyz"), 60),
    { message: "idle was not ready within 0.06 s", details: ["connect ECONNREFUSED 127.0.0.1:1", "I wait"] },
  );
});

t.test("a program that responds with 2xx is ready", async (t) => {
  const url = await answering(t, 204, "");
  const program = await idle(t);
  await t.resolves(untilReady(program, () => answersOk(url), 5_000));
});
