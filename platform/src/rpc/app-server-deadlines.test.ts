import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { CatalogService } from "@sidecart/proto/catalog/v1/catalog";
import t from "tap";
import {
  appToken,
  catalogWith,
  clientOf,
  gate,
  rawClient,
  serve,
  timeoutMs,
  uncalled,
} from "../../../tests/support/app-server.ts";
import { background } from "./call.ts";

t.test("a handler has the caller's deadline, but never a later one than the server's limit", async (t) => {
  const seen: number[] = [];
  const { port } = await serve(t, [
    catalogWith(async (_request, context) => {
      seen.push(context.deadline - Date.now());
      return {};
    }),
  ]);
  const client = clientOf(t, port);
  await client.getProducts({}, background(2_000));
  await client.getProducts({}, background(60_000));
  await rawClient(t, port)(CatalogService, "getProducts", [["dapr-api-token", appToken]]);
  const [near = 0, far = 0, none = 0] = seen;
  t.ok(near > 1_000 && near <= 2_000, `${near}`);
  t.ok(far > timeoutMs - 1_000 && far <= timeoutMs, `${far}`);
  t.ok(none > timeoutMs - 1_000 && none <= timeoutMs, `${none}`);
});

t.test("a handler is aborted when its caller cancels", async (t) => {
  const { handler, entered, leave } = gate();
  const { port } = await serve(t, [catalogWith(handler)]);
  const abort = new AbortController();
  const call = clientOf(t, port).getProducts({}, background(3_000, abort.signal));
  const { signal } = await entered;
  t.notOk(signal.aborted);
  const noticed = once(signal, "abort");
  abort.abort();
  await t.rejects(call, { code: status.CANCELLED });
  await noticed;
  leave();
});

t.test("a deadline that passes ends the call on both sides", async (t) => {
  const { handler, entered, leave } = gate();
  const { port } = await serve(t, [catalogWith(handler)]);
  const call = clientOf(t, port).getProducts({}, background(300));
  const { signal } = await entered;
  const noticed = once(signal, "abort");
  await t.rejects(call, { code: status.DEADLINE_EXCEEDED });
  await noticed;
  leave();
});

t.test(
  "deadline, cancellation and token are passed on to the next service, and the token only to services",
  async (t) => {
    const { handler, entered, leave } = gate();
    const last = await serve(t, [catalogWith(handler)]);
    const next = clientOf(t, last.port);
    const first = await serve(t, [catalogWith((request, context) => next.getProducts({ ids: request.ids }, context))]);
    const abort = new AbortController();
    const context = { ...background(1_500, abort.signal), authorization: "Bearer mine" };
    const call = clientOf(t, first.port).getProducts({}, context);
    const reached = await entered;
    t.equal(reached.authorization, "Bearer mine");
    t.ok(Math.abs(reached.deadline - context.deadline) < 100, "the same moment, two hops away");
    const noticed = once(reached.signal, "abort");
    abort.abort();
    await t.rejects(call, { code: status.CANCELLED });
    await noticed;
    leave();
  },
);

t.test("nothing is sent for a caller that has cancelled already", async (t) => {
  const { port } = await serve(t, [catalogWith(uncalled)]);
  const client = clientOf(t, port);
  await t.rejects(async () => client.getProducts({}, background(0)), { code: "TIMEOUT" });
  await t.rejects(async () => client.getProducts({}, background(1_000, AbortSignal.abort())), { code: "CANCELLED" });
});

t.test("a response after the deadline does not count, whatever its status", async (t) => {
  const context = { ...background(3_000) };
  const late = (answer: () => object) =>
    catalogWith(async () => {
      context.deadline = Date.now();
      return answer();
    });
  const refuses = () => {
    throw new Error("context deadline exceeded");
  };
  for (const answer of [() => ({ products: [] }), refuses]) {
    const { port } = await serve(t, [late(answer)]);
    context.deadline = Date.now() + 3_000;
    await t.rejects(clientOf(t, port).getProducts({}, context), { code: "TIMEOUT" });
  }
});
