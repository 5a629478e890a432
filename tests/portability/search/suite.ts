import { status } from "@grpc/grpc-js";
import { apps } from "@sidecart/local/apps";
import type { Launched, LaunchOptions } from "@sidecart/local/launch";
import type { BindingClient } from "@sidecart/pluggable/client";
import { bulk, count, createContext, get, product, search, upsert } from "@sidecart/search/conformance/context";
import { filterTests, searchTests } from "@sidecart/search/conformance/searching";
import { conformance } from "@sidecart/search/conformance/suite";
import type { Test } from "tap";
import { behindSidecar } from "../../support/direct.ts";
import { eventually } from "../../support/eventually.ts";
import { startSystem } from "../../support/system.ts";
import { searchThrough } from "./binding.ts";
import { figureTests } from "./figures.ts";

export type Engine = {
  name: NonNullable<LaunchOptions["search"]>;
  /** The process that holds the index. */
  server: string;
  /** Deletes the stopped process's data on disk. */
  empty(instanceDir: string): Promise<void>;
};

const index = "portability";

/** The engines' suite and, in a real system, an engine that dies and one that has lost its data. */
export async function searchSuite(t: Test, { name, server, empty }: Engine): Promise<void> {
  const steps = new Map<string, number>();
  const system = await startSystem(t, {
    search: name,
    apps: apps.filter(({ id }) => id === "catalog"),
    onStep: ({ name, ms }) => void steps.set(name, ms / 1000),
  });
  const client = searchThrough(behindSidecar(t, system, "catalog").sidecar);
  const startAgain = async () => {
    await system.start(server);
    await eventually("the engine behind its component", async () => {
      await client.ping();
      return true;
    });
  };

  await t.test("the contract", async (t) => conformance(t, () => client));

  const startSeconds = steps.get(`search ${name}`) ?? Number.NaN;
  await figureTests(t, { client, system, server, startSeconds });

  const one = { client, system, server, startAgain };
  await killTests(t, one);
  await lossTests(t, one, empty);
}

type Running = { client: BindingClient; system: Launched; server: string; startAgain(): Promise<void> };

async function killTests(t: Test, { client, system, server, startAgain }: Running): Promise<void> {
  await t.test("acknowledged documents survive a kill of the engine, without another restart", async (t) => {
    await client.invoke("create-index", { index });
    await bulk(client, index, [upsert(product({ id: "a", name: "Kettle" }), 3), upsert(product({ id: "gone" }))]);
    await bulk(client, index, [{ op: "delete", id: "gone", version: 5 }]);
    const sidecar = system.processes.get("catalog-dapr")?.pid;
    await system.kill(server);
    const calls: (() => Promise<unknown>)[] = [
      () => client.ping(),
      () => count(client, index),
      () => bulk(client, index, [upsert(product({ id: "b" }))]),
    ];
    for (const call of calls) await t.rejects(call(), { code: status.UNAVAILABLE });
    await startAgain();
    t.match(await get(client, index, "a"), { version: 3, document: { name: "Kettle" } });
    t.same((await search(client, index, { query: "ketle" })).ids, ["a"]);
    t.match(await bulk(client, index, [upsert(product({ id: "gone" }), 4)]), [{ status: "stale" }]);
    t.equal(system.processes.get("catalog-dapr")?.pid, sidecar);
  });
}

async function lossTests(t: Test, running: Running, empty: Engine["empty"]): Promise<void> {
  const { client, system, server, startAgain } = running;
  await t.test("an engine that lost its data is set up by its component and refilled by catalog", async (t) => {
    await system.kill(server);
    await empty(system.instanceDir);
    await startAgain();
    await t.rejects(count(client, index), { code: status.NOT_FOUND });
    await t.rejects(bulk(client, index, [upsert(product({ id: "a" }))]), { code: status.NOT_FOUND });
    t.same(await client.invoke("create-index", { index }), { created: true });
    const context = createContext(client);
    const again = { ...context, newName: () => `again-${context.newName()}` };
    await searchTests(t, again);
    await filterTests(t, again);
    await eventually("catalog's index", async () => {
      const { index } = await client.invoke<{ index: string | null }>("resolve-alias", { alias: "products" });
      return index !== null;
    });
  });
}
