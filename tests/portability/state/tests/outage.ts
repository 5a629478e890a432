import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import { bytes, call, codeOf, type Stores, text } from "../stores.ts";

export async function outageTests(t: Test, { orders, system, kill, startAgain }: Stores): Promise<void> {
  await t.test("acknowledged values survive a kill of the store, with their etags", async (t) => {
    const keys = Array.from({ length: 50 }, () => randomUUID());
    await Promise.all(keys.map((key) => orders.put(key, bytes(key), {}, call())));
    const [first = ""] = keys;
    const { etag = "" } = (await orders.get(first, call())) ?? {};
    await kill();
    await startAgain();
    const found = await orders.getMany(keys, call());
    t.same(
      keys.filter((key) => text(found.get(key)) !== key),
      [],
    );
    await orders.replace(first, bytes("after"), { etag }, call());
    t.equal(text(await orders.get(first, call())), "after");
  });

  await t.test("a store killed during a read reports it, never a missing value", async (t) => {
    const keys = Array.from({ length: 50 }, () => randomUUID());
    await Promise.all(keys.map((key) => orders.put(key, bytes(key), {}, call())));
    const readUntilRefused = async () => {
      for (;;) {
        const found = await orders.getMany(keys, call()).catch(() => undefined);
        if (!found) return;
        const missing = keys.filter((key) => !found.has(key));
        if (missing.length > 0)
          throw new Error(`${missing.length} of ${keys.length} entries were said not to be there`);
      }
    };
    const readers = Array.from({ length: 16 }, readUntilRefused);
    await kill();
    const outcomes = await Promise.allSettled(readers);
    t.same(
      outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : [])),
      [],
    );
    await startAgain();
  });

  await t.test(
    "while the store is down every call reports an outage, never a conflict; it recovers by itself",
    async (t) => {
      const key = randomUUID();
      await orders.put(key, bytes("kept"), {}, call());
      const { etag = "" } = (await orders.get(key, call())) ?? {};
      const sidecar = system.processes.get("orders-dapr")?.pid;
      await kill();
      const calls = {
        get: orders.get(key, call()),
        getMany: orders.getMany([key], call()),
        put: orders.put(key, bytes("x"), {}, call()),
        create: orders.create(key, bytes("x"), {}, call()),
        replace: orders.replace(key, bytes("x"), { etag }, call()),
        delete: orders.delete(key, {}, call()),
        "delete under an etag": orders.delete(key, { etag }, call()),
        apply: orders.apply([{ key, value: bytes("x") }], call()),
      };
      const codes = Object.entries(calls).map(async ([name, work]) => [name, await codeOf(work)] as const);
      for (const [name, code] of await Promise.all(codes)) t.match(code, /^(UNAVAILABLE|TIMEOUT)$/, name);
      await startAgain();
      t.equal(text(await orders.get(key, call())), "kept");
      t.equal(system.processes.get("orders-dapr")?.pid, sidecar, "the sidecar was not started again");
    },
  );
}
