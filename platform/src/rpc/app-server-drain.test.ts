import { once } from "node:events";
import { connect } from "node:http2";
import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import t from "tap";
import { catalogWith, clientOf, gate, rawClient, serve, soon } from "../../../tests/support/app-server.ts";
import { background } from "./call.ts";

t.test("a draining server finishes calls in progress, accepts no new ones, and is unhealthy at once", async (t) => {
  const { handler, entered, leave } = gate();
  const server = await serve(t, [catalogWith(handler)]);
  const inFlight = clientOf(t, server.port).getProducts({}, soon());
  const call = rawClient(t, server.port);
  await call(appCallback.AppCallbackHealthCheck, "healthCheck", []);
  await entered;
  let over = false;
  const drained = server.drain(3_000).then(() => {
    over = true;
  });
  await t.rejects(call(appCallback.AppCallbackHealthCheck, "healthCheck", []), "unhealthy");
  await t.rejects(clientOf(t, server.port).getProducts({}, background(500)), "no new call");
  t.notOk(over, "it waits");
  leave();
  await t.resolves(inFlight);
  await drained;
});

t.test("draining ends after its grace period, even with calls in progress", async (t) => {
  const { handler, entered, leave } = gate();
  const server = await serve(t, [catalogWith(handler)]);
  const inFlight = clientOf(t, server.port).getProducts({}, soon());
  await entered;
  const [outcome] = await Promise.allSettled([inFlight, server.drain(100)]);
  t.equal(outcome?.status, "rejected");
  leave();
});

t.test("draining ends even when a connection breaks just before", async (t) => {
  const server = await serve(t, []);
  const session = connect(`http://127.0.0.1:${server.port}`).on("error", () => {});
  await once(session, "remoteSettings");
  // Timers of the same length run in the order they were set: this one just before the server begins to close.
  // biome-ignore lint/style/noRestrictedGlobals: nothing waits for it
  setTimeout(() => session.goaway(1), 5);
  await server.drain(50, 5);
  session.destroy();
  t.pass();
});
