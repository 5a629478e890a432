import t from "tap";
import { relays } from "../../tests/support/relays.ts";
import { startStore } from "../../tests/support/store.ts";
import { maxEventBytes, publishedBytes } from "./events.ts";
import { newId } from "./ids.ts";

const topic = "catalog.product-created.v1";

t.test("events of the largest size, more than an answer of the sidecar could hold, are all published", async (t) => {
  const { store, relayWith, watched, gone } = await relays(t);
  await store.query(
    `insert into outbox (id, topic, key, data)
     select gen_random_uuid(), $1, 'key', to_jsonb(repeat('x', $2)) from generate_series(1, 40)`,
    [topic, maxEventBytes - 2],
  );
  const ids = (await store.query<{ id: string }>("select id from outbox")).map(({ id }) => id);
  const { sidecar, published } = watched();
  const relay = relayWith({ sidecar });
  await gone(ids);
  await relay.stop();
  t.same(published.toSorted(), ids.toSorted(), "each once");
});

t.test("the outbox table", async (t) => {
  const store = await startStore(t, "catalog");

  t.test("an event of more than any broker takes is refused by the table as well", async (t) => {
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

  t.test("the table counts an event's bytes as we do, which is as the sidecar writes it", async (t) => {
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
