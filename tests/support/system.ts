import { rm } from "node:fs/promises";
import { kinds } from "@sidecart/local/backends/choices";
import { type Launched, type LaunchOptions, launch } from "@sidecart/local/launch";
import type { Test } from "tap";
import { withoutQuotas } from "./quotas.ts";
import { temporaryHome } from "./temporary-home.ts";

/**
 * A private system on free ports, deleted when the test ends. If the start fails, the error names the process. Orders
 * have no quotas by default. With SIDECART_TEST_URL it is the system behind that gateway, for tests that need only the URL.
 */
export async function startSystem(t: Test, options: LaunchOptions = {}): Promise<Launched> {
  const gatewayUrl = process.env.SIDECART_TEST_URL;
  if (gatewayUrl) return elsewhere(gatewayUrl);
  const home = await temporaryHome("test");
  // A test file that ends by an error or a signal runs no teardown.
  const end = new AbortController();
  process.once("exit", () => end.abort());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  const system = await launch({
    instance: "test",
    home,
    logLevel: "warn",
    killSignal: end.signal,
    ...choices(),
    ...options,
    env: { ...options.env, orders: { ...withoutQuotas, ...options.env?.orders } },
  });
  t.teardown(async () => {
    await system.stop();
    await rm(home, { recursive: true, force: true });
  });
  return system;
}

/** A system behind a URL: a test that uses anything else of it is wrong. */
function elsewhere(gatewayUrl: string): Launched {
  const known: Partial<Launched> = { gatewayUrl };
  return new Proxy(known as Launched, {
    get(target, key) {
      if (key in target || typeof key === "symbol" || key === "then") return Reflect.get(target, key);
      throw new Error(`a system behind a URL has no ${key}`);
    },
  });
}

/** The default backends of tests: `SIDECART_TEST_BROKER=kafka npm test -- walk-through`. */
function choices(): LaunchOptions {
  const chosen = kinds.map((kind) => [kind, process.env[`SIDECART_TEST_${kind.toUpperCase()}`]]);
  return Object.fromEntries(chosen.filter(([, name]) => name));
}
