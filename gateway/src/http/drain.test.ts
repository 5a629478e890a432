import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import Fastify from "fastify";
import t, { type Test } from "tap";
import { createDrain } from "./drain.ts";

/** A gateway with one slow route, which responds when `answer` is called, and one client that keeps its connections. */
async function serve(t: Test, delayMs: number) {
  const http = Fastify({ forceCloseConnections: "idle", return503OnClosing: false });
  const drain = createDrain(http, delayMs);
  let answer = () => {};
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    http.get("/slow", async () => {
      resolve();
      await slow;
      return "done";
    });
  });
  http.get("/fast", async () => "done");
  await http.listen({ host: "127.0.0.1", port: 0 });
  const { port } = http.server.address() as { port: number };
  const agent = new Agent({ keepAlive: true });
  t.teardown(async () => {
    answer();
    agent.destroy();
    await http.close();
  });
  const get = async (path: string) => {
    const [response] = await once(request({ port, path, agent }).end(), "response");
    response.resume();
    return { status: response.statusCode, connection: response.headers.connection };
  };
  return { drain, get, port, answer: () => answer(), asked };
}

t.test("while it drains, every request gets a response that closes the connection", async (t) => {
  const { drain, get } = await serve(t, 300);
  t.same(await get("/fast"), { status: 200, connection: "keep-alive" });
  t.notOk(drain.begun());
  const drained = drain.run(10_000);
  t.ok(drain.begun(), "at once");
  t.same(await get("/fast"), { status: 200, connection: "close" });
  t.same(await get("/fast"), { status: 200, connection: "close" }, "on a new connection too");
  await drained;
  await t.rejects(get("/fast"), /ECONNREFUSED/);
});

t.test("requests in progress are finished, and idle connections are closed", async (t) => {
  const { drain, get, port, answer, asked } = await serve(t, 0);
  const idle = connect(port, "127.0.0.1");
  await once(idle, "connect");
  idle.write("GET /fast HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(idle, "data");
  const slow = get("/slow");
  await asked;
  const closed = once(idle, "close");
  idle.resume();
  const drained = drain.run(10_000);
  await closed;
  answer();
  t.same(await slow, { status: 200, connection: "close" });
  await drained;
});

t.test("a request that takes longer than the limit does not hold up the stop", async (t) => {
  const { drain, get, answer, asked } = await serve(t, 0);
  const slow = get("/slow");
  await asked;
  await drain.run(1);
  answer();
  t.match(await slow, { status: 200 });
});
