import { randomUUID } from "node:crypto";
import type { StateStore } from "@sidecart/platform/state";
import type { Test } from "tap";
import { eventually } from "../../../support/eventually.ts";
import { bytes, call, codeOf, type Stores, text } from "../stores.ts";

type Write = (store: StateStore, key: string, ttlSeconds?: number) => Promise<unknown>;

const lasting = (ttlSeconds?: number) => (ttlSeconds === undefined ? {} : { ttlSeconds });
const writes: Record<string, Write> = {
  put: (store, key, seconds) => store.put(key, bytes("put"), lasting(seconds), call()),
  create: (store, key, seconds) => store.create(key, bytes("created"), lasting(seconds), call()),
  apply: (store, key, seconds) => store.apply([{ key, value: bytes("applied"), ...lasting(seconds) }], call()),
  replace: async (store, key, seconds) => {
    await store.put(key, bytes("old"), { ttlSeconds: 600 }, call());
    const { etag = "" } = (await store.get(key, call())) ?? {};
    await store.replace(key, bytes("new"), { etag, ...lasting(seconds) }, call());
  },
};

export async function timeTests(t: Test, { orders }: Stores): Promise<void> {
  const gone = (key: string) => eventually(`the end of ${key}`, async () => !(await orders.get(key, call())));

  await t.test("a value exists until it expires, then no read returns it", async (t) => {
    const ttlSeconds = 2;
    await Promise.all(
      Object.entries(writes).map(async ([name, write]) => {
        const key = randomUUID();
        await write(orders, key, 600);
        await orders.delete(key, {}, call());
        const began = Date.now();
        await write(orders, key, ttlSeconds);
        await gone(key);
        t.ok(Date.now() - began >= ttlSeconds * 1_000, `${name}: not before`);
        t.equal((await orders.getMany([key], call())).size, 0, name);
      }),
    );
  });

  await t.test("a value without a time to live stays, even if it replaces one with", async (t) => {
    for (const [name, write] of Object.entries(writes)) {
      if (name === "create") continue;
      const [key, later] = [randomUUID(), randomUUID()];
      await orders.put(key, bytes("short"), { ttlSeconds: 1 }, call());
      await write(orders, key);
      await orders.put(later, bytes("ends after the first would have"), { ttlSeconds: 1 }, call());
      await gone(later);
      t.ok(await orders.get(key, call()), name);
    }
  });

  await t.test("an expired key can be written again", async (t) => {
    const key = randomUUID();
    await orders.put(key, bytes("old"), { ttlSeconds: 1 }, call());
    const { etag = "" } = (await orders.get(key, call())) ?? {};
    await gone(key);
    await orders.create(key, bytes("new"), {}, call());
    t.equal(text(await orders.get(key, call())), "new");
    const other = randomUUID();
    await orders.put(other, bytes("old"), { ttlSeconds: 1 }, call());
    await gone(other);
    await orders.replace(other, bytes("anew"), { etag }, call());
    t.equal(text(await orders.get(other, call())), "anew");
    t.equal(await codeOf(orders.create(other, bytes("x"), {}, call())), "STATE_CONFLICT");
  });

  await t.test("a time to live is in whole seconds", async (t) => {
    for (const ttlSeconds of [0, -5, 0.5, Number.NaN, 2 ** 31]) {
      await t.rejects(orders.put(randomUUID(), bytes("x"), { ttlSeconds }, call()), RangeError, `${ttlSeconds}`);
    }
  });
}
