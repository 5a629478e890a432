import { once } from "node:events";
import { existsSync } from "node:fs";
import { link, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { pino } from "pino";
import t from "tap";
import { z } from "zod";
import { connectBinding } from "../src/client.ts";
import { ComponentError } from "../src/errors.ts";
import { integerOption, optionError } from "../src/options.ts";
import { type BindingInstance, outputBinding } from "../src/output-binding.ts";
import { startServer } from "../src/server.ts";
import { serve, temporaryFolder } from "../src/testing.ts";

type Options = { greeting: string; limit: number };

/** A binding that records the opened and closed instances. The test provides `invoke`. */
function recording(invoke: BindingInstance["invoke"], ping = async () => {}) {
  const opened: Options[] = [];
  const closed: Options[] = [];
  const binding = outputBinding<Options>({
    name: "recording",
    operations: ["say", "fail"],
    options: z.strictObject({ greeting: z.string().min(1), limit: integerOption(1, 10).default(3) }),
    open: async (options) => {
      opened.push(options);
      return { invoke, ping, close: async () => void closed.push(options) };
    },
  });
  return { binding, opened, closed };
}

const echo: BindingInstance["invoke"] = async (_operation, data) => data;

t.test("the component that a call names serves the call", async (t) => {
  const { binding, opened } = recording(echo);
  const { client, socketPath } = await serve(t, binding);
  const second = connectBinding(socketPath, "second");
  t.teardown(() => second.close());
  await client.init({ greeting: "hello" });
  await second.init({ greeting: "hi", limit: "10" });
  t.same(opened, [
    { greeting: "hello", limit: 3 },
    { greeting: "hi", limit: 10 },
  ]);
  t.same(await client.listOperations(), ["say", "fail"]);
  t.same(await client.invoke("say", { a: 1 }), { a: 1 });
});

t.test("a repeated Init keeps the instance for the same options and replaces it for others", async (t) => {
  const { binding, opened, closed } = recording(echo);
  const { client } = await serve(t, binding);
  await client.init({ greeting: "hello" });
  await client.init({ greeting: "hello" });
  t.equal(opened.length, 1);
  await client.init({ greeting: "bye" });
  t.same(closed, [{ greeting: "hello", limit: 3 }]);
  t.same(await client.invoke("say", 1), 1);
});

t.test("an instance is replaced only after its calls have finished", async (t) => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const { binding, opened, closed } = recording(async (_operation, data) => {
    started.resolve();
    await release.promise;
    return data;
  });
  const { client } = await serve(t, binding);
  await client.init({ greeting: "hello" });
  const call = client.invoke("say", "kept");
  await started.promise;
  const replacing = client.init({ greeting: "bye" });
  await client.listOperations();
  t.same([opened.length, closed.length], [1, 0]);
  release.resolve();
  t.equal(await call, "kept");
  await replacing;
  t.same([opened.length, closed.length], [2, 1]);
});

t.test("each invalid option is one line with component and option and without the value", async (t) => {
  const { binding, opened, closed } = recording(echo);
  const { client } = await serve(t, binding);
  const invalid: [properties: Record<string, string>, lines: string[]][] = [
    [{}, ["component search: option greeting: is missing"]],
    [{ greeting: "x", limit: "many" }, ["component search: option limit: must be a whole number"]],
    [{ greeting: "x", limit: "11" }, ["component search: option limit: Too big: expected number to be <=10"]],
    [
      { limit: "", passwort: "hunter2", user: "x" },
      [
        "component search: option greeting: is missing",
        "component search: option limit: must be a whole number",
        "component search: option passwort: is not a known option",
        "component search: option user: is not a known option",
      ],
    ],
  ];
  for (const [properties, lines] of invalid) {
    await t.rejects(client.init(properties), { code: status.INVALID_ARGUMENT, details: lines.join(";\n") });
  }
  t.equal(opened.length, 0);
  await t.rejects(client.invoke("say", 1), { code: status.FAILED_PRECONDITION });

  await client.init({ greeting: "hello" });
  await t.rejects(client.init({ greeting: "" }), { code: status.INVALID_ARGUMENT });
  t.equal(await client.invoke("say", 1), 1, "the open instance stays open");
  t.equal(closed.length, 0);
});

t.test("an option error of `open` has the same form", async (t) => {
  const binding = outputBinding({
    name: "picky",
    operations: [],
    options: z.object({}),
    open: () => Promise.reject(optionError("path", "cannot be read", new Error("EACCES"))),
  });
  const { client } = await serve(t, binding);
  const details = "component search: option path: cannot be read";
  await t.rejects(client.init({}), { code: status.INVALID_ARGUMENT, details });
});

t.test("a ComponentError keeps its status; an unexpected error has no details", async (t) => {
  const failures = [new ComponentError("NOT_FOUND", "no \ud800 such thing"), new Error("secret detail")];
  const { binding } = recording(async () => {
    throw failures.shift();
  });
  const { client } = await serve(t, binding);
  await client.init({ greeting: "hello" });
  await t.rejects(client.invoke("fail", {}), { code: status.NOT_FOUND, details: "no \ufffd such thing" });
  await t.rejects(client.invoke("fail", {}), { code: status.INTERNAL, details: "internal error" });
  await t.rejects(client.invoke("dance", {}), { code: status.UNIMPLEMENTED, details: /say, fail/ });
});

t.test("Ping reports the health of the component", async (t) => {
  let healthy = true;
  const { binding } = recording(echo, async () => {
    if (!healthy) throw new ComponentError("UNAVAILABLE", "the server is down");
  });
  const { client } = await serve(t, binding);
  await client.ping();
  await client.init({ greeting: "hello" });
  await client.ping();
  healthy = false;
  await t.rejects(client.ping(), { code: status.UNAVAILABLE });
});

t.test("stop finishes the calls in flight, closes the components and removes the socket", async (t) => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const { binding, closed } = recording(async (_operation, data) => {
    started.resolve();
    await release.promise;
    return data;
  });
  const { client, socketPath, stop } = await serve(t, binding);
  await client.init({ greeting: "hello" });
  const call = client.invoke("say", "finished");
  await started.promise;
  const stopping = stop();
  t.equal(closed.length, 0);
  release.resolve();
  t.equal(await call, "finished");
  await stopping;
  t.equal(closed.length, 1);
  t.notOk(existsSync(socketPath));
});

t.test("stop aborts calls that outlast the drain timeout", async (t) => {
  const socketPath = join(await temporaryFolder(t), "recording.sock");
  const started = Promise.withResolvers<AbortSignal>();
  const { binding } = recording(async (_operation, data, signal) => {
    started.resolve(signal);
    await once(signal, "abort");
    return data;
  });
  const logger = pino({ level: "silent" });
  const server = await startServer({ component: binding, socketPath, logger, drainMs: 50 });
  const client = connectBinding(socketPath, "search");
  t.teardown(() => client.close());
  await client.init({ greeting: "hello" });
  const call = client.invoke("say", 1);
  const signal = await started.promise;
  await Promise.all([server.stop(), t.rejects(call)]);
  t.ok(signal.aborted);
});

t.test("the server replaces a stale socket and rejects a socket in use", async (t) => {
  const { binding } = recording(echo);
  const logger = pino({ level: "silent" });
  const socketPath = join(await temporaryFolder(t), "recording.sock");
  await leaveStaleSocket(socketPath);
  const server = await startServer({ component: binding, socketPath, logger });
  t.equal((await stat(socketPath)).mode & 0o777, 0o660);
  await t.rejects(startServer({ component: binding, socketPath, logger }), /another process already serves/);
  await server.stop();
  const tooLong = join("/tmp", "x".repeat(100), "a.sock");
  await t.rejects(startServer({ component: binding, socketPath: tooLong, logger }), /longer than 100 bytes/);
});

/** Creates a socket file without a listener, as a killed process does. */
async function leaveStaleSocket(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = createServer().listen(`${path}.old`, resolve);
  await promise;
  await link(`${path}.old`, path);
  server.close();
  await once(server, "close");
}
