import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { background, toAppError } from "@sidecart/platform/rpc";
import { stateStore } from "@sidecart/platform/state";
import { Redis } from "ioredis";
import t from "tap";
import { behindSidecar } from "../support/direct.ts";
import { scopedResources } from "../support/scoped-component.ts";
import { startSystem } from "../support/system.ts";

const settings = join(import.meta.dirname, "../support/resources");
const system = await startSystem(t, {
  resources: [settings],
  resourcesRoot: await scopedResources(t, "state/redis", ["orders"]),
});
const { sidecar } = behindSidecar(t, system, "orders");
const call = () => background(5_000);
const bytes = (text: string) => Buffer.from(text);

t.test("state is stored, and replaced only with its etag", async (t) => {
  const key = randomUUID();
  const state = stateStore(sidecar, "state");
  await state.create(key, bytes("one"), { ttlSeconds: 600 }, call());
  const { etag = "" } = (await state.get(key, call())) ?? {};
  await state.replace(key, bytes("two"), { etag }, call());
  await t.rejects(state.replace(key, bytes("three"), { etag }, call()), { code: "STATE_CONFLICT" });
  const second = await state.get(key, call());
  t.equal(Buffer.from(second?.value ?? []).toString(), "two", "the stale write changed nothing");
});

t.test("settings are read from a configuration store", async (t) => {
  const redis = new Redis(system.redisUrl);
  t.teardown(() => redis.disconnect());
  const key = randomUUID();
  await redis.set(key, "30||1");
  t.same(await sidecar.configuration("settings", [key], call()), { [key]: "30" });
});

t.test("an app can read only its own secrets", async (t) => {
  const { sidecar: accounts } = behindSidecar(t, system, "accounts");
  t.match(await accounts.secret("secrets", "accounts-signing-keys", call()), { jwks: /keys/ });
  for (const [name, reader] of [
    ["accounts-signing-keys", sidecar],
    ["orders-db", sidecar],
    ["redis", accounts],
  ] as const) {
    await t.rejects(reader.secret("secrets", name, call()), { code: 7 }, `${name} is denied`);
  }
});

t.test("a deadline ends a hanging call", async (t) => {
  const hang = { sql: "select pg_sleep(5)::text", params: "[]" };
  const started = Date.now();
  const error = await sidecar
    .invokeBinding("orders-db", "query", hang, new Uint8Array(), background(300))
    .then(() => undefined, toAppError);
  t.equal(error?.code, "TIMEOUT");
  t.ok(Date.now() - started < 4_000);
});

t.test("an abort ends a hanging call", async (t) => {
  const hang = { sql: "select pg_sleep(5)::text", params: "[]" };
  const abort = new AbortController();
  const running = sidecar.invokeBinding("orders-db", "query", hang, new Uint8Array(), background(10_000, abort.signal));
  const ended = running.then(() => undefined, toAppError);
  abort.abort();
  t.equal((await ended)?.code, "CANCELLED");
});
