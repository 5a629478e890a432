import { apps } from "@sidecart/local/apps";
import type { Launched, LaunchOptions } from "@sidecart/local/launch";
import { descendantsOf, untilGone } from "@sidecart/local/testing/started-cli";
import { background } from "@sidecart/platform/rpc";
import { type StateStore, stateStore } from "@sidecart/platform/state";
import type { Test } from "tap";
import { behindSidecar } from "../../support/direct.ts";
import { eventually } from "../../support/eventually.ts";
import { scopedResources } from "../../support/scoped-component.ts";
import { startSystem } from "../../support/system.ts";

export type StoreName = NonNullable<LaunchOptions["state"]>;

/** The process behind each store. */
const servers: Record<StoreName, { server: string; step: string }> = {
  redis: { server: "redis", step: "Redis" },
  postgresql: { server: "postgres", step: "PostgreSQL" },
};
const users = ["accounts", "orders"];

export type Stores = {
  system: Launched;
  /** The state as orders and as accounts see it at their sidecars. */
  orders: StateStore;
  accounts: StateStore;
  /** The name of the store's process. */
  server: string;
  startSeconds: number;
  /** Resolves when it no longer responds. */
  kill(): Promise<void>;
  /** Resolves when the sidecars can reach it again. */
  startAgain(): Promise<void>;
};

export const call = (timeoutMs = 10_000) => background(timeoutMs);
export const bytes = (text: string) => new Uint8Array(Buffer.from(text));
export const text = (entry: { value: Uint8Array } | undefined) => entry && Buffer.from(entry.value).toString();

/** The launcher's real system on a state store, with the shipped resources and sidecars. */
export async function startStores(t: Test, state: StoreName): Promise<Stores> {
  const { server, step } = servers[state];
  const steps = new Map<string, number>();
  const system = await startSystem(t, {
    state,
    apps: apps.filter(({ id }) => users.includes(id)),
    resourcesRoot: await scopedResources(t, `state/${state}`, users),
    onStep: ({ name, ms }) => void steps.set(name, ms / 1000),
  });
  const [accounts, orders] = users.map((app) => stateStore(behindSidecar(t, system, app).sidecar, "state"));
  if (!accounts || !orders) throw new Error("an app is missing");
  return {
    system,
    orders,
    accounts,
    server,
    startSeconds: steps.get(step) ?? Number.NaN,
    kill: async () => {
      // PostgreSQL's backends run a moment longer than the server and may still respond.
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

/** The code of a call's error, or OK. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "OK",
    (error) => String(error.code),
  );
