import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import { bytes, call, type Stores, text } from "../stores.ts";

export async function isolationTests(t: Test, { orders, accounts }: Stores): Promise<void> {
  await t.test("each app has its own value of a key", async (t) => {
    const key = randomUUID();
    await accounts.put(key, bytes("of accounts"), {}, call());
    t.equal(await orders.get(key, call()), undefined);
    t.equal((await orders.getMany([key], call())).size, 0);
    await orders.create(key, bytes("of orders"), {}, call());
    await orders.delete(key, {}, call());
    await orders.apply(
      [
        { key, value: bytes("again") },
        { key, deleted: true },
      ],
      call(),
    );
    t.equal(text(await accounts.get(key, call())), "of accounts");
  });

  await t.test("no key reaches another app's values", async (t) => {
    const key = randomUUID();
    await accounts.put(key, bytes("of accounts"), {}, call());
    for (const tried of [`accounts|${key}`, `accounts/${key}`, `../accounts|${key}`, `accounts ${key}`]) {
      t.equal(await orders.get(tried, call()), undefined, tried);
    }
    await t.rejects(orders.get(`accounts||${key}`, call()), { code: "STATE_KEY" });
  });
}
