import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { freePort } from "../testing/free-port.ts";
import { ManagedProcess } from "./managed-process.ts";

/** A program that runs JavaScript, with a log of its own. */
function program(t: Test, script: string) {
  const folder = mkdtempSync(join(tmpdir(), "sidecart-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const spec = { command: process.execPath, args: ["-e", script], cwd: folder, env: {}, log: join(folder, "log") };
  const managed = new ManagedProcess({ name: "program", ...spec });
  t.teardown(() => managed.stop());
  return managed;
}

async function holder(port: number) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { release: () => new Promise((resolve) => server.close(resolve)) };
}

const listenOn = (port: number) =>
  `require("node:net").createServer().listen(${port}, "127.0.0.1", () => console.log("listening"))`;

t.test("a program whose port is still held is started again until it is free", async (t) => {
  const port = await freePort();
  const before = await holder(port);
  const managed = program(t, listenOn(port));
  managed.start();
  await eventually("a failed start", async () => managed.lastLines(50).some((line) => line.includes("EADDRINUSE")));
  t.ok(managed.running);
  await before.release();
  await eventually("it to listen", async () => managed.lastLines(50).includes("listening"));
  t.ok(managed.running);
});

t.test("a stop ends the attempts", async (t) => {
  const port = await freePort();
  const before = await holder(port);
  t.teardown(() => before.release());
  const managed = program(t, listenOn(port));
  managed.start();
  await eventually("a failed start", async () => managed.lastLines(50).some((line) => line.includes("EADDRINUSE")));
  await managed.stop();
  t.match(await managed.exited, { expected: true });
  t.notOk(managed.running);
});

t.test("any other failure ends it at once", async (t) => {
  const managed = program(t, "console.error('bad setting'); process.exit(3)");
  managed.start();
  t.match(await managed.exited, { code: 3, expected: false });
});
