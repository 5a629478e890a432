import t, { type Test } from "tap";
import { catalogWith, clientOf, gate, serve } from "../../../tests/support/app-server.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import { pausableProxy } from "../../../tests/support/pausable-proxy.ts";
import { background, type CallContext } from "./call.ts";
import { createCircuit } from "./circuit.ts";
import { AppError, commonErrors, toAppError } from "./errors.ts";

const long = () => background(60_000);
const notFound = { code: "NO_SUCH_THING", status: "NOT_FOUND", text: "There is no such thing." } as const;
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "OK",
    (error) => toAppError(error).code,
  );

/** Catalog behind a proxy that can hang. Counts the calls that reach its handler. */
async function catalogBehindProxy(t: Test, respond: (context: CallContext) => Promise<object> = async () => ({})) {
  const seen = { calls: 0 };
  const { port } = await serve(t, [
    catalogWith(async (_request, context) => {
      seen.calls += 1;
      return respond(context);
    }),
  ]);
  const proxy = await pausableProxy(t, port);
  const client = clientOf(t, proxy.port);
  return { proxy, seen, call: (context = long()) => codeOf(client.getProducts({}, context)) };
}

t.test(
  "a callee that hangs: calls end before their deadline, later ones are refused, and all is well again",
  async (t) => {
    const { proxy, seen, call } = await catalogBehindProxy(t);
    t.equal(await call(), "OK");
    proxy.pause();
    t.same(await Promise.all([call(), call(), call()]), ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
    t.same(await Promise.all(Array.from({ length: 50 }, () => call())), Array(50).fill("UNAVAILABLE"));
    t.equal(seen.calls, 1, "the refused calls were not sent");
    proxy.resume();
    await eventually("a call to pass", async () => (await call()) === "OK", 30_000);
    t.same(await Promise.all([call(), call(), call()]), ["OK", "OK", "OK"], "not only one call passes");
  },
);

t.test("refusals, and failures of a service behind the callee, never open the circuit", async (t) => {
  const errors = [
    notFound,
    commonErrors.unavailable,
    commonErrors.timeout,
    commonErrors.internal,
    commonErrors.forbidden,
  ];
  for (const kind of errors) {
    const { call } = await catalogBehindProxy(t, async () => {
      throw new AppError(kind);
    });
    const codes = await Promise.all(Array.from({ length: 20 }, () => call()));
    t.same([...new Set([...codes, await call()])], [kind.code]);
  }
});

t.test("a callee that responds to probes but to no call in time is refused calls, except one at a time", async (t) => {
  const { handler, leave } = gate();
  let hangs = true;
  const { seen, call } = await catalogBehindProxy(t, (context) =>
    hangs ? handler({} as never, context) : Promise.resolve({}),
  );
  const soon = () => background(1_200);
  t.same(await Promise.all([call(soon()), call(soon()), call(soon())]), ["TIMEOUT", "TIMEOUT", "TIMEOUT"]);
  t.equal(await call(soon()), "UNAVAILABLE");
  const before = seen.calls;
  t.equal(before, 3);
  await eventually(
    "one call to be let through",
    async () => {
      const codes = await Promise.all(Array.from({ length: 10 }, () => call(soon())));
      return codes.includes("TIMEOUT") && codes.filter((code) => code === "UNAVAILABLE").length === 9;
    },
    30_000,
  );
  t.equal(seen.calls, before + 1);
  hangs = false;
  await eventually("a call to pass", async () => (await call()) === "OK", 30_000);
  leave();
});

t.test("a caller that had little time, or that cancelled, says nothing about the callee", async (t) => {
  const { handler, leave } = gate();
  let hangs = true;
  const { call } = await catalogBehindProxy(t, (context) =>
    hangs ? handler({} as never, context) : Promise.resolve({}),
  );
  for (let count = 0; count < 5; count += 1) t.equal(await call(background(50)), "TIMEOUT");
  const abort = new AbortController();
  const cancelled = Array.from({ length: 5 }, () => call(background(60_000, abort.signal)));
  abort.abort();
  t.same([...new Set(await Promise.all(cancelled))], ["CANCELLED"]);
  hangs = false;
  t.equal(await call(), "OK");
  leave();
});

t.test("a callee has a limited number of calls in progress; more are refused with OVERLOADED", async (t) => {
  const circuit = createCircuit({ callee: "catalog", probe: async () => "responded" });
  t.teardown(() => circuit.stop());
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = Array.from({ length: 1_000 }, () => circuit.run("/a", long(), () => promise));
  await t.rejects(
    circuit.run("/a", long(), () => promise),
    { code: "OVERLOADED" },
  );
  t.equal(circuit.refused(), 1);
  resolve("response");
  t.same([...new Set(await Promise.all(first))], ["response"]);
  t.equal(await circuit.run("/a", long(), async () => "again"), "again");
});

t.test("the state of the circuit", async (t) => {
  let alive = false;
  const circuit = createCircuit({ callee: "catalog", probe: async () => (alive ? "responded" : "unreachable") });
  t.teardown(() => circuit.stop());
  const fail = () => circuit.run("/a", long(), () => Promise.reject(new AppError(commonErrors.unavailable)));
  t.equal(circuit.state(), "closed");
  await t.rejects(fail());
  await t.rejects(fail());
  t.equal(circuit.state(), "closed");
  await t.rejects(fail());
  t.equal(circuit.state(), "open");
  alive = true;
  await eventually("a probe", async () => circuit.state() === "half_open");
  await t.rejects(fail());
  t.equal(circuit.state(), "open", "the one call that was let through failed");
  await eventually("a probe", async () => circuit.state() === "half_open");
  t.equal(await circuit.run("/a", long(), async () => "response"), "response");
  t.equal(circuit.state(), "closed");
});
