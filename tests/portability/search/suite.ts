import { status } from "@grpc/grpc-js";
import { apps } from "@sidecart/local/apps";
import type { LaunchOptions } from "@sidecart/local/launch";
import { bulk, count, createContext, get, product, search, upsert } from "@sidecart/search/conformance/context";
import { searchTests } from "@sidecart/search/conformance/searching";
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
  /** Removes what the stopped process has on disk. */
  empty(instanceDir: string): Promise<void>;
};

const index = "portability";

/** The engines' own suite, and what a real system adds to it: an engine that dies, and one that lost everything. */
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

  await t.test("an engine that lost its data is set up by its component and refilled by catalog", async (t) => {
    await system.kill(server);
    await empty(system.instanceDir);
    await startAgain();
    await t.rejects(count(client, index), { code: status.NOT_FOUND });
    await t.rejects(bulk(client, index, [upsert(product({ id: "a" }))]), { code: status.NOT_FOUND });
    t.same(await client.invoke("create-index", { index }), { created: true });
    const context = createContext(client);
    await searchTests(t, { ...context, newName: () => `again-${context.newName()}` });
    await eventually("catalog's index", async () => {
      const { index } = await client.invoke<{ index: string | null }>("resolve-alias", { alias: "products" });
      return index !== null;
    });
  });
}
