import { randomUUID } from "node:crypto";
import { maxKeyBytes, maxRequestBytes } from "@sidecart/platform/state";
import type { Test } from "tap";
import { instead } from "../../notes.ts";
import { bytes, call, codeOf, type Stores, text } from "../stores.ts";

export async function entryTests(t: Test, { orders }: Stores): Promise<void> {
  await t.test("a value is stored, replaced and deleted; a second delete succeeds", async (t) => {
    const key = randomUUID();
    t.equal(await orders.get(key, call()), undefined);
    await orders.put(key, bytes("one"), {}, call());
    t.equal(text(await orders.get(key, call())), "one");
    await orders.put(key, bytes("two"), {}, call());
    t.equal(text(await orders.get(key, call())), "two");
    await orders.delete(key, {}, call());
    t.equal(await orders.get(key, call()), undefined);
    await orders.delete(key, {}, call());
  });

  await t.test("a value is bytes and returned unchanged", async (t) => {
    const every = new Uint8Array(512).map((_, at) => at % 256);
    const values = [every, bytes('"text"'), bytes("null"), bytes('{"a":1.0}'), bytes("c2FtZQ==")];
    for (const value of values) {
      const key = randomUUID();
      await orders.put(key, value, {}, call());
      t.same(Buffer.from((await orders.get(key, call()))?.value ?? [1]), Buffer.from(value));
    }
  });

  await t.test("values of 1 MB and just under 4 MB are stored; larger ones are refused by name", async (t) => {
    for (const size of [1_000_000, maxRequestBytes - 64]) {
      const key = randomUUID();
      const value = new Uint8Array(size).map((_, at) => (at * 31) % 251);
      await orders.create(key, value, {}, call());
      t.ok(Buffer.from((await orders.get(key, call()))?.value ?? []).equals(value), `${size} bytes`);
      await orders.put(key, value, {}, call());
      t.ok(Buffer.from((await orders.get(key, call()))?.value ?? []).equals(value), `${size} bytes, put`);
    }
    const key = randomUUID();
    for (const wrong of [new Uint8Array(4 * 1024 * 1024 + 1), new Uint8Array(maxRequestBytes)]) {
      t.equal(await codeOf(orders.put(key, wrong, {}, call())), "STATE_SIZE", `${wrong.length} bytes`);
      t.equal(await codeOf(orders.create(key, wrong, {}, call())), "STATE_SIZE", `${wrong.length} bytes`);
    }
    t.equal(await orders.get(key, call()), undefined);
  });

  await t.test("an empty value is stored", async (t) => {
    instead(t, "Refused by name on every store, because PostgreSQL accepts no empty value.");
    const key = randomUUID();
    t.equal(await codeOf(orders.put(key, new Uint8Array(), {}, call())), "STATE_SIZE");
    t.equal(await codeOf(orders.create(key, new Uint8Array(), {}, call())), "STATE_SIZE");
    t.equal(await orders.get(key, call()), undefined);
  });

  await t.test("keys are compared exactly", async (t) => {
    const id = randomUUID();
    const odd = [
      "é",
      "e\u0301",
      "🍮",
      "É",
      " ",
      "|",
      "a|",
      "|a",
      "a b",
      "'\"`",
      "%",
      "_",
      "*",
      "[a]",
      "../x",
      "/",
      "{}",
    ];
    const keys = [...odd.map((part) => `${id}${part}`), id, `${id}${"x".repeat(maxKeyBytes - id.length)}`];
    for (const key of keys) await orders.put(key, bytes(`at ${key}`), {}, call());
    for (const key of keys) t.equal(text(await orders.get(key, call())), `at ${key}`, key.slice(36, 46));
    const found = await orders.getMany(keys, call());
    t.same([...found.keys()].sort(), [...keys].sort());
    for (const key of keys) await orders.delete(key, {}, call());
    t.equal((await orders.getMany(keys, call())).size, 0);
  });

  await t.test("every operation refuses an invalid key by name", async (t) => {
    const wrong = ["", "a||b", "a\0b", "line\nbreak", "\ud800", "x".repeat(maxKeyBytes + 1), "é".repeat(maxKeyBytes)];
    for (const key of wrong) {
      const calls = [
        orders.get(key, call()),
        orders.getMany(["fine", key], call()),
        orders.put(key, bytes("x"), {}, call()),
        orders.create(key, bytes("x"), {}, call()),
        orders.replace(key, bytes("x"), { etag: "1" }, call()),
        orders.delete(key, {}, call()),
        orders.apply([{ key, deleted: true }], call()),
      ];
      const codes = await Promise.all(calls.map(codeOf));
      t.same([...new Set(codes)], ["STATE_KEY"], JSON.stringify(key.slice(0, 10)));
    }
  });

  await t.test("a bulk read returns the existing values with their etags", async (t) => {
    const keys = Array.from({ length: 100 }, () => randomUUID());
    const there = keys.filter((_, at) => at % 3 > 0);
    await Promise.all(there.map((key) => orders.put(key, bytes(key), {}, call())));
    const found = await orders.getMany([...keys, ...there], call());
    t.same([...found.keys()].sort(), [...there].sort());
    for (const [key, entry] of found) if (text(entry) !== key) t.fail(`${key} has ${text(entry)}`);
    const [first = ""] = there;
    await orders.replace(first, bytes("by its etag"), { etag: found.get(first)?.etag ?? "" }, call());
    t.same(await orders.getMany([], call()), new Map());
  });
}
