import { apps } from "@sidecart/local/apps";
import type { Launched, LaunchOptions } from "@sidecart/local/launch";
import { descendantsOf, untilGone } from "@sidecart/local/testing/started-cli";
import { background } from "@sidecart/platform/rpc";
import type { StateStore } from "@sidecart/platform/state";
import type { Test } from "tap";
import { behindSidecar } from "../../support/direct.ts";
import { eventually } from "../../support/eventually.ts";
import { startSystem } from "../../support/system.ts";

export type StoreName = NonNullable<LaunchOptions["state"]>;

/** The server process of each store. */
const servers: Record<StoreName, { server: string; step: string }> = {
  redis: { server: "redis", step: "Redis" },
  postgresql: { server: "postgres", step: "PostgreSQL" },
};
const users = ["accounts", "orders"];

export type Stores = {
  system: Launched;
  /** The state store through the sidecars of orders and of accounts. */
  orders: StateStore;
  accounts: StateStore;
  /** The name of the server process. */
  server: string;
  startSeconds: number;
  /** Resolves when the store no longer responds. */
  kill(): Promise<void>;
  /** Resolves when the sidecars can use the store again. */
  startAgain(): Promise<void>;
};

export const call = (timeoutMs = 10_000) => background(timeoutMs);
export const bytes = (text: string) => new Uint8Array(Buffer.from(text));
export const text = (entry: { value: Uint8Array } | undefined) => entry && Buffer.from(entry.value).toString();

/** Starts the launcher's real system on a state store, with the shipped resources, scopes and sidecars. */
export async function startStores(t: Test, state: StoreName): Promise<Stores> {
  const { server, step } = servers[state];
  const steps = new Map<string, number>();
  const system = await startSystem(t, {
    state,
    apps: apps.filter(({ id }) => users.includes(id)),
    onStep: ({ name, ms }) => void steps.set(name, ms / 1000),
  });
  const [accounts, orders] = users.map((app) => behindSidecar(t, system, app).sidecar.state("state"));
  if (!accounts || !orders) throw new Error("an app has no sidecar");
  return {
    system,
    orders,
    accounts,
    server,
    startSeconds: steps.get(step) ?? Number.NaN,
    kill: async () => {
      // PostgreSQL's backends outlive the killed server briefly, and may still respond.
      const parts = descendantsOf(system.processes.get(server)?.pid ?? 0);
      await system.kill(server);
      await untilGone(parts);
    },
    startAgain: async () => {
      await system.start(server);
      for (const store of [accounts, orders]) {
        await eventually(`${server} behind the sidecars`, async () => {
          await store.get("anything", call(2_000));
          return true;
        });
      }
    },
  };
}

/** The error code of a call, or OK. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "OK",
    (error) => String(error.code),
  );
