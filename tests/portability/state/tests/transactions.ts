import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import { bytes, call, codeOf, type Stores, text } from "../stores.ts";

export async function transactionTests(t: Test, { orders, kill, startAgain }: Stores): Promise<void> {
  const values = async (keys: string[]) => {
    const found = await orders.getMany(keys, call());
    return keys.map((key) => text(found.get(key)));
  };

  await t.test("a transaction makes all its changes", async (t) => {
    const [a = "", b = "", c = ""] = Array.from({ length: 3 }, () => randomUUID());
    await orders.put(a, bytes("old"), {}, call());
    await orders.create(b, bytes("old"), {}, call());
    await orders.apply(
      [
        { key: a, deleted: true },
        { key: b, value: bytes("new") },
        { key: c, value: bytes("c") },
      ],
      call(),
    );
    t.same(await values([a, b, c]), [undefined, "new", "c"]);
  });

  await t.test("a refused change undoes the others", async (t) => {
    const key = randomUUID();
    const half = { value: new Uint8Array(2_500_000) };
    for (const [code, others] of [
      ["STATE_KEY", [{ key: "a||b", value: bytes("x") }]],
      [
        "STATE_SIZE",
        [
          { key: randomUUID(), ...half },
          { key: randomUUID(), ...half },
        ],
      ],
    ] as const) {
      t.equal(await codeOf(orders.apply([{ key, value: bytes("x") }, ...others], call())), code);
      t.equal(await orders.get(key, call()), undefined, code);
    }
  });

  await t.test("two concurrent transactions on the same keys never mix", async (t) => {
    const keys = [randomUUID(), randomUUID(), randomUUID()];
    const write = (value: string) =>
      orders.apply(
        keys.map((key) => ({ key, value: bytes(value) })),
        call(30_000),
      );
    await Promise.all(Array.from({ length: 60 }, (_, at) => write(`${at}`)));
    t.equal(new Set(await values(keys)).size, 1);
  });

  await t.test("a killed store keeps all of a transaction or nothing", async (t) => {
    const pairs = Array.from({ length: 20 }, () => [randomUUID(), randomUUID()]);
    const written = new Map<string, number>();
    let killed = false;
    const writing = pairs.map(async (keys) => {
      for (let value = 1; !killed; value += 1) {
        const code = await codeOf(
          orders.apply(
            keys.map((key) => ({ key, value: bytes(`${value}`) })),
            call(3_000),
          ),
        );
        if (code === "OK") written.set(keys[0] ?? "", value);
      }
    });
    await orders.put("busy", bytes("yes"), {}, call());
    await kill();
    killed = true;
    await Promise.all(writing);
    await startAgain();
    t.ok(written.size > 0, "some were done before");
    for (const keys of pairs) {
      const [first, second] = await values(keys);
      t.equal(first, second, "both or none");
      t.ok(Number(first ?? 0) >= (written.get(keys[0] ?? "") ?? 0), "what was answered is there");
    }
  });
}
