import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { checkout } from "@sidecart/local/instance";
import type { Sidecar } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import { stateStore } from "@sidecart/platform/state";
import { temporaryFolder } from "@sidecart/pluggable/testing";
import type { Test } from "tap";
import { scopedComponent } from "../../support/scoped-component.ts";
import { startSidecar } from "../../support/standing-sidecar.ts";
import { startSystem } from "../../support/system.ts";

type Secrets = Record<string, Record<string, string>>;

/** Writes the secrets for the store and starts the store's process, if it has one. */
export type Offer = (t: Test, secrets: Secrets, folder: string) => Promise<void>;

const resources = join(checkout, "components/resources");
const call = () => background(10_000);
const odd = { jwks: '{"keys":[{"kid":"1"}]}\n', "a.b-c": "=:,;'\" é🍮", spaces: "  ", empty: "" };

const limits = { url: "redis://counting:p%40ss@127.0.0.1:6379" };
const given = { "rate-limits": limits, "accounts-signing-keys": odd, "orders-db": { connectionString: "of orders" } };

/** The guarantees of every secret store, behind sidecars without apps, with the shipped resources. */
export async function secretSuite(t: Test, store: string, offer: Offer): Promise<void> {
  const redis = redisSecret((await startSystem(t, { apps: [] })).redisUrl);
  const folder = await temporaryFolder(t);
  await offer(t, { ...given, redis }, folder);
  const starting = (appId: string, more: string[] = []) =>
    startSidecar(t, {
      appId,
      resources: [join(resources, "secrets", store), ...more],
      configurations: [join(resources, "config/secrets", `${appId}.yaml`)],
      folder,
    });
  const [gateway, accounts, orders] = await Promise.all([
    starting("gateway"),
    starting("accounts"),
    starting("orders", [await scopedComponent(t, "state/redis", ["orders"])]),
  ]);
  const secret = (sidecar: Sidecar, name: string) => sidecar.secret("secrets", name, call());

  await t.test("an app reads its allowed secrets with all keys, unchanged", async (t) => {
    t.same(await secret(gateway.api, "rate-limits"), limits);
    t.same(await secret(accounts.api, "accounts-signing-keys"), odd);
  });

  await t.test("an app cannot read others' secrets, nor those that only its components use", async (t) => {
    const denied = [
      [accounts, "rate-limits"],
      [gateway, "redis"],
      [gateway, "accounts-signing-keys"],
      [orders, "accounts-signing-keys"],
      [orders, "orders-db"],
      [orders, "redis"],
    ] as const;
    for (const [{ api }, name] of denied) {
      await t.rejects(secret(api, name), { code: status.PERMISSION_DENIED }, name);
    }
    const all = async (httpPort: number) =>
      Object.keys((await (await fetch(`http://127.0.0.1:${httpPort}/v1.0/secrets/secrets/bulk`)).json()) as Secrets);
    t.same(await all(gateway.httpPort), ["rate-limits"]);
    t.same(await all(orders.httpPort), []);
  });

  await t.test("a component reads its address and password from the store", async (t) => {
    const state = stateStore(orders.api, "state");
    const value = randomBytes(16);
    await state.put("key", value, {}, call());
    t.same(Buffer.from((await state.get("key", call()))?.value ?? []), value);
  });

  await t.test("a missing secret is an error, not an empty value", async (t) => {
    await t.rejects(secret(accounts.api, "accounts-first-admin"), { code: status.INTERNAL });
  });
}

function redisSecret(address: string): Record<string, string> {
  const { host, username, password } = new URL(address);
  return { host, username, password: decodeURIComponent(password), enableTLS: "false", url: address };
}
