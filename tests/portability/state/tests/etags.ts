import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import { instead } from "../../notes.ts";
import { bytes, call, codeOf, type Stores, text } from "../stores.ts";

const conflict = "STATE_CONFLICT";

export async function etagTests(t: Test, { orders }: Stores): Promise<void> {
  const put = async (key: string, value: string) => {
    await orders.put(key, bytes(value), {}, call());
    return (await orders.get(key, call()))?.etag ?? "";
  };
  const replace = (key: string, value: string, etag: string) => orders.replace(key, bytes(value), { etag }, call());
  const create = (key: string, value = "created") => orders.create(key, bytes(value), {}, call());
  const value = async (key: string) => text(await orders.get(key, call()));

  await t.test("a value is replaced once under its etag; later writers get a conflict", async (t) => {
    const key = randomUUID();
    const first = await put(key, "one");
    await replace(key, "two", first);
    t.equal(await codeOf(replace(key, "three", first)), conflict);
    t.equal(await value(key), "two");
    const second = (await orders.get(key, call()))?.etag ?? "";
    t.not(second, first);
    await orders.put(key, bytes("four"), {}, call());
    t.equal(await codeOf(replace(key, "five", second)), conflict, "a plain write changes the etag too");
    t.equal(await value(key), "four");
  });

  await t.test("an etag that the store never issued matches nothing", async (t) => {
    const key = randomUUID();
    await put(key, "one");
    for (const etag of ["", "0", "-1", "01", "1e0", "*", "etag", randomUUID(), "9".repeat(40)]) {
      t.equal(await codeOf(replace(key, "two", etag)), conflict, `replace under "${etag}"`);
      t.equal(await codeOf(orders.delete(key, { etag }, call())), conflict, `delete under "${etag}"`);
    }
    t.equal(await value(key), "one");
  });

  await t.test("create refuses an existing value, however it was written", async (t) => {
    const written: Record<string, (key: string) => Promise<unknown>> = {
      put: (key) => put(key, "old"),
      create: (key) => create(key, "old"),
      apply: (key) => orders.apply([{ key, value: bytes("old") }], call()),
      replace: async (key) => replace(key, "old", await put(key, "older")),
      "a value that ends": (key) => orders.put(key, bytes("old"), { ttlSeconds: 600 }, call()),
    };
    for (const [name, write] of Object.entries(written)) {
      const key = randomUUID();
      await write(key);
      t.equal(await codeOf(create(key)), conflict, name);
      t.equal(await value(key), "old", name);
      await orders.delete(key, {}, call());
      await create(key);
      t.equal(await value(key), "created", `${name}, then deleted`);
    }
  });

  await t.test("a created value can be written like any other", async (t) => {
    const key = randomUUID();
    await create(key);
    await replace(key, "replaced", (await orders.get(key, call()))?.etag ?? "");
    await put(key, "put");
    await orders.apply([{ key, value: bytes("applied") }], call());
    t.equal(await value(key), "applied");
  });

  await t.test("concurrent creates of one key: one wins", async (t) => {
    const key = randomUUID();
    const codes = await Promise.all(Array.from({ length: 30 }, (_, at) => codeOf(create(key, `${at}`))));
    const won = codes.flatMap((code, at) => (code === "OK" ? [`${at}`] : []));
    t.equal(won.length, 1);
    t.equal(await value(key), won[0]);
    t.equal(codes.filter((code) => code === conflict).length, 29);
  });

  await t.test("a missing value is not replaced", async (t) => {
    instead(
      t,
      "Written on every store, because Redis cannot tell: let values that are changed by etag expire, do not delete them.",
    );
    const key = randomUUID();
    const etag = await put(key, "one");
    await orders.delete(key, {}, call());
    await replace(key, "anew", etag);
    t.equal(await value(key), "anew");
  });

  await t.test("a value is deleted under its etag; a missing one is no conflict", async (t) => {
    const key = randomUUID();
    const first = await put(key, "one");
    await put(key, "two");
    t.equal(await codeOf(orders.delete(key, { etag: first }, call())), conflict);
    const { etag = "" } = (await orders.get(key, call())) ?? {};
    await orders.delete(key, { etag }, call());
    t.equal(await value(key), undefined);
    await orders.delete(key, { etag }, call());
  });

  await t.test("100 concurrent increments: none is lost", async (t) => {
    const key = randomUUID();
    await put(key, "0");
    const increment = async (): Promise<number> => {
      for (let tries = 1; ; tries += 1) {
        const entry = await orders.get(key, call(30_000));
        const code = await codeOf(
          orders.replace(key, bytes(`${Number(text(entry)) + 1}`), { etag: entry?.etag ?? "" }, call(30_000)),
        );
        if (code === "OK") return tries;
        if (code !== conflict) throw new Error(`${code} instead of a conflict`);
      }
    };
    const tries = await Promise.all(Array.from({ length: 100 }, increment));
    t.equal(await value(key), "100");
    t.ok(Math.max(...tries) > 1, `they met: up to ${Math.max(...tries)} tries`);
  });
}
