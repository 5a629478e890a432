import { rm } from "node:fs/promises";
import { kinds } from "@sidecart/local/backends/choices";
import { type Launched, type LaunchOptions, launch } from "@sidecart/local/launch";
import type { Test } from "tap";
import { temporaryHome } from "./temporary-home.ts";

/**
 * A private system on free ports, thrown away when the test ends. What failed to start is named by the error. With
 * SIDECART_TEST_URL it is the one behind that gateway, for tests that need no more of it than its address.
 */
export async function startSystem(t: Test, options: LaunchOptions = {}): Promise<Launched> {
  const gatewayUrl = process.env.SIDECART_TEST_URL;
  if (gatewayUrl) return elsewhere(gatewayUrl);
  const home = await temporaryHome("test");
  // A test file that ends by an error or a signal has no time for its teardown.
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
  });
  t.teardown(async () => {
    await system.stop();
    await rm(home, { recursive: true, force: true });
  });
  return system;
}

/** Anything else that a test asks of a system that it did not start is an error of the test. */
function elsewhere(gatewayUrl: string): Launched {
  const known: Partial<Launched> = { gatewayUrl };
  return new Proxy(known as Launched, {
    get(target, key) {
      if (key in target || typeof key === "symbol" || key === "then") return Reflect.get(target, key);
      throw new Error(`a system behind a URL has no ${key}`);
    },
  });
}

/** What the tests run on, where they do not say: `SIDECART_TEST_BROKER=kafka npm test -- walk-through`. */
function choices(): LaunchOptions {
  const chosen = kinds.map((kind) => [kind, process.env[`SIDECART_TEST_${kind.toUpperCase()}`]]);
  return Object.fromEntries(chosen.filter(([, name]) => name));
}
