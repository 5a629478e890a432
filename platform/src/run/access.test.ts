import { mock } from "node:test";
import t, { type Test } from "tap";
import type { Access, Callee } from "../rpc/access.ts";
import { createLogger } from "../telemetry/log.ts";
import { calleesOf, startAccessCheck } from "./access.ts";
import { createProblems } from "./problems.ts";

const log = createLogger("orders", "silent");
const method = "sidecart.accounts.v1.AccountsService/GetJwks";
const keys: Callee = { app: "accounts", operation: method };
const reservations: Callee = { app: "catalog", operation: "sidecart.catalog.v1.ReservationsService/*" };

/** A check of orders whose callees grant these kinds of access. `later` runs its next test. */
async function checking(t: Test, callees: Callee[], access: (callee: Callee) => Access) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const problems = createProblems(log);
  const probed: Callee[] = [];
  const sidecar = {
    async access(callee: Callee) {
      probed.push(callee);
      return access(callee);
    },
  };
  const sweep = await startAccessCheck({ app: "orders", callees, sidecar, problems, log });
  t.teardown(() => sweep.stop());
  const later = async () => {
    probed.length = 0;
    mock.timers.tick(3_000);
    await new Promise((resolve) => setImmediate(resolve));
    return problems.all();
  };
  return { problems, probed, later };
}

t.test("the callees of a service are the methods of its declaration", async (t) => {
  const calls = { accounts: ["AccountsService/GetJwks"], catalog: ["ReservationsService/*"] };
  t.same(calleesOf({ name: "orders", calls }), [keys, reservations]);
  t.same(calleesOf({ name: "audit" }), []);
});

t.test("each cause why a call fails has its own sentence", async (t) => {
  const sentences = {
    refused: `the sidecar of accounts refuses orders the method ${method}: its access policy does not allow it`,
    forbidden: `accounts itself refuses orders the method ${method}: its code names other callers`,
    missing: `accounts has no method ${method}, which orders calls`,
  };
  for (const [access, sentence] of Object.entries(sentences)) {
    t.test(access, async (t) => {
      const { problems } = await checking(t, [keys], () => access as Access);
      t.same(problems.all(), [sentence]);
    });
  }
});

t.test("a problem lasts until the method is granted, and a granted method is not probed again", async (t) => {
  let access: Access = "refused";
  const { problems, probed, later } = await checking(t, [keys, reservations], (callee) =>
    callee === keys ? access : "granted",
  );
  t.same(probed, [keys, reservations]);
  t.equal(problems.all().length, 1);
  access = "unknown";
  t.match(await later(), [/the sidecar of accounts refuses/], "a callee that does not respond withdraws nothing");
  t.same(probed, [keys]);
  access = "missing";
  t.match(await later(), [/accounts has no method/]);
  access = "granted";
  t.same(await later(), []);
  access = "refused";
  t.same(await later(), []);
  t.same(probed, []);
});

t.test("a callee that does not respond is no problem, and is probed again", async (t) => {
  let access: Access = "unknown";
  const { problems, later } = await checking(t, [keys], () => access);
  t.same(problems.all(), []);
  access = "refused";
  t.equal((await later()).length, 1);
});

/** Rolls out these new services at once. Calls reach only ready pods: until a new one is ready, old ones refuse. */
async function rollOut(t: Test, calls: Record<string, string[]>): Promise<string[]> {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const ready = new Set<string>();
  const access = async ({ app }: Callee): Promise<Access> => (ready.has(app) ? "granted" : "missing");
  const checks = Object.entries(calls).map(async ([app, apps]) => {
    const problems = createProblems(log);
    const callees = apps.map((one) => ({ app: one, operation: `sidecart.${one}.v1.Service/*` }));
    const sweep = await startAccessCheck({ app, callees, sidecar: { access }, problems, log });
    t.teardown(() => sweep.stop());
    return { app, problems };
  });
  const started = await Promise.all(checks);
  for (let round = 0; round <= started.length; round += 1) {
    for (const { app, problems } of started) if (problems.all().length === 0) ready.add(app);
    mock.timers.tick(3_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return [...ready].sort();
}

t.test("new services that call each other get ready one after the other, unless they do so in a circle", async (t) => {
  t.test("without a circle", async (t) => {
    t.same(await rollOut(t, { orders: ["catalog"], catalog: ["accounts"], accounts: [] }), [
      "accounts",
      "catalog",
      "orders",
    ]);
  });
  t.test("in a circle none does: `npm run check` refuses such declarations", async (t) => {
    t.same(await rollOut(t, { orders: ["catalog"], catalog: ["orders"] }), []);
  });
});
