import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import t, { type Test } from "tap";
import { startServices } from "../../tests/support/gateway.ts";
import { createReadiness } from "./readiness.ts";
import { contracts, probes } from "./services.ts";

/** The service of ours that has a method, `catalog.getProducts`. */
function serviceOf(method: string): string {
  const [client = ""] = method.split(".");
  const [, service = ""] = contracts[client as keyof typeof contracts].typeName.split(".");
  return service;
}

/** A gateway whose services in `down` are down, with a clock that the test moves. */
async function setUp(t: Test) {
  const down = new Set<string>();
  let now = 0;
  const answer = async (name: string) => {
    if (down.has(name)) throw new AppError(commonErrors.unavailable);
    return {};
  };
  const { services, calls } = await startServices(t, (method) => async () => {
    const name = serviceOf(method);
    await answer(name);
    // The call needs a token, or a field: a refusal counts as a response.
    if (name === "orders") throw new AppError(commonErrors.unauthenticated);
    if (name === "catalog") throw new AppError(commonErrors.invalid);
    return {};
  });
  const sidecar = { ready: () => answer("sidecar").then(() => undefined) };
  const logged: string[] = [];
  const log = createLogger("gateway", "silent");
  log.info = (entry: object, text?: string) => void logged.push(`${"check" in entry && entry.check} ${text}`);
  const readiness = createReadiness({ sidecar, services, clock: { now: () => new Date(now) }, log });
  const later = (ms = 1_000) => {
    now += ms;
    return readiness();
  };
  return { down, calls, logged, readiness, later };
}
const allOk = Object.fromEntries(["sidecar", ...Object.keys(probes)].map((name) => [name, "ok"]));

for (const service of Object.keys(probes)) {
  t.test(`not ready until ${service} was reached once; when it goes later, ready and degraded`, async (t) => {
    const { down, later } = await setUp(t);
    down.add(service);
    const away = { ...allOk, [service]: "unavailable" };
    t.same(await later(), { ready: false, status: "unavailable", checks: away });
    down.clear();
    t.same(await later(), { ready: true, status: "ok", checks: allOk });
    down.add(service);
    t.same(await later(), { ready: true, status: "degraded", checks: away });
  });
}

t.test("services may respond one after the other", async (t) => {
  const { down, later } = await setUp(t);
  const onlyUp = (service: string) => {
    for (const name of Object.keys(probes)) down.add(name);
    down.delete(service);
    return later();
  };
  const [last = "", ...others] = Object.keys(probes).reverse();
  for (const service of others) t.match(await onlyUp(service), { ready: false });
  t.match(await onlyUp(last), { ready: true, status: "degraded" });
});

t.test("without its sidecar the gateway is never ready", async (t) => {
  const { down, later } = await setUp(t);
  t.equal((await later()).ready, true);
  down.add("sidecar");
  t.match(await later(), { ready: false, status: "unavailable", checks: { sidecar: "unavailable" } });
});

t.test("an unreachable service is logged once with the reason, and once when it is reachable again", async (t) => {
  const { down, logged, later } = await setUp(t);
  down.add("catalog");
  for (let time = 0; time < 3; time += 1) await later();
  t.same(logged, ["catalog is not reachable"]);
  down.clear();
  for (let time = 0; time < 3; time += 1) await later();
  t.same(logged, ["catalog is not reachable", "catalog is reachable"]);
});

t.test("frequent requests lead to one probe a second, one at a time", async (t) => {
  const { down, calls, readiness, later } = await setUp(t);
  const services = Object.keys(probes).length;
  const answers = await Promise.all(Array.from({ length: 50 }, readiness));
  t.equal(calls.length, services);
  t.equal(new Set(answers).size, 1);
  down.add("catalog");
  t.match(await later(999), { status: "ok" });
  t.equal(calls.length, services);
  t.match(await later(1), { status: "degraded" });
  t.equal(calls.length, 2 * services);
});
