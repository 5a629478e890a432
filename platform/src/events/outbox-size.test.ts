import t, { type Test } from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { relays } from "../../../tests/support/relays.ts";
import { startStore } from "../../../tests/support/store.ts";
import { newId } from "../ids.ts";
import type { Logger } from "../telemetry/log.ts";
import { maxEventBytes, publishedBytes } from "./events.ts";

const topic = "catalog.product-created.v1";

t.test("more events than a response of the sidecar can hold are all published", async (t) => {
  const { store, relayWith, watched, gone } = await relays(t);
  const warnings: unknown[] = [];
  const log = { ...store.log, warn: (...of: unknown[]) => warnings.push(of) } as unknown as Logger;
  /** Writes events and waits until they are published. */
  const publish = async (t: Test, count: number, data: string, key = "key", warned = async () => {}) => {
    warnings.splice(0);
    const rows = await store.query<{ id: string }>(
      `insert into outbox (id, topic, key, data)
       select gen_random_uuid(), $1, $2, to_jsonb($3::text) from generate_series(1, $4) returning id`,
      [topic, key, data, count],
    );
    const ids = rows.map(({ id }) => id);
    const { sidecar, published } = watched();
    const relay = relayWith({ sidecar, log });
    await warned();
    relay.kick();
    await gone(ids);
    await relay.stop();
    t.same(published.toSorted(), ids.toSorted(), "each once");
  };

  const largest = (letter: string) => Math.floor((maxEventBytes - 2) / (publishedBytes(letter) - 2));
  for (const [count, letter, letters] of [
    [8, "x", largest("x")],
    [14, "<", largest("<")],
    [3, '"', largest('"')],
    [3, "\\", largest("\\")],
    [400, "<", 5_000],
    [400, '"', 5_000],
  ] as const)
    t.test(`${count} events of ${letters} times ${letter}`, async (t) => {
      await publish(t, count, letter.repeat(letters));
      t.same(warnings, [], "without a retry");
    });

  t.test("when the keys, which are not counted, make the response too large, fewer rows are claimed", async (t) => {
    const leaseOver = async () => {
      await eventually("a response that is too large", async () => {
        if (warnings.length === 0) return false;
        return store.query("update outbox set claimed_until = now()");
      });
    };
    await publish(t, 500, "x", "k".repeat(20_000), leaseOver);
    t.equal(warnings.length, 1);
  });
});

t.test("the outbox table", async (t) => {
  const store = await startStore(t, "catalog");

  t.test("the table refuses an event that is larger than any broker accepts", async (t) => {
    const insert = (letters: number) =>
      store.query(
        `insert into outbox (id, topic, key, data, claimed_until)
         values ($1, $2, 'key', to_jsonb(repeat('x', $3)), 'infinity')`,
        [newId(), topic, letters],
      );
    await insert(maxEventBytes - 2);
    await t.rejects(insert(maxEventBytes - 1), { message: /outbox_event_size/ });
    await store.query("delete from outbox");
  });

  t.test("the table counts an event's bytes like publishedBytes, which counts like the sidecar", async (t) => {
    const insert = (data: object) =>
      store.query(`insert into outbox (id, topic, key, data, claimed_until) values ($1, $2, 'key', $3, 'infinity')`, [
        newId(),
        topic,
        JSON.stringify(data),
      ]);
    const some = { a: ['"\\ , : {', 1, true, null], b: { "<c d>": "žluť \u2028\u2029\n\u0001", e: {}, f: [] }, g: "&" };
    for (const unit of ["x", "<", "&", ">", "\u2028", '"', "\\", ", ", "ž"]) {
      const without = publishedBytes({ ...some, text: "" });
      const count = Math.floor((maxEventBytes - without) / (publishedBytes(unit) - 2));
      const largest = { ...some, text: unit.repeat(count) };
      const exact = { ...largest, text: largest.text + "x".repeat(maxEventBytes - publishedBytes(largest)) };
      t.equal(publishedBytes(exact), maxEventBytes);
      await insert(exact);
      await t.rejects(insert({ ...exact, text: `${exact.text}x` }), { message: /outbox_event_size/ }, unit);
    }
    await store.query("delete from outbox");
  });
});
