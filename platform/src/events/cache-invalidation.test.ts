import { CatalogChangedSchema, StockChangedSchema } from "@sidecart/proto/catalog/v1/events";
import t from "tap";
import { created, relays, stock } from "../../../tests/support/relays.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Logger } from "../telemetry/log.ts";
import { type CacheInvalidation, changeOf } from "./cache-invalidation.ts";

const cacheInvalidation: CacheInvalidation = {
  type: CatalogChangedSchema,
  changes: [
    changeOf(StockChangedSchema, ({ productId, version, stock }) => ({
      id: productId,
      version,
      stock,
    })),
  ],
};

const { store, relayWith, gone } = await relays(t);
const digests: { data: { changes: { version: number }[] } }[] = [];
/** The real sidecar. It records each digest, and can fail. */
const watched = (fail = false): Sidecar => ({
  ...store.sidecar,
  async publish(pubsub, topic, entries, context) {
    if (pubsub === "broadcast") {
      digests.push(...entries.map(({ body }) => JSON.parse(Buffer.from(body).toString())));
      if (fail) throw new Error("the broker is away");
    }
    return store.sidecar.publish(pubsub, topic, entries, context);
  },
});
const write = async (count: number) => {
  const rows = await store.query<{ id: string }>(
    `insert into outbox (id, topic, key, data)
     select gen_random_uuid(), $1, 'key', jsonb_build_object('productId', 'p' || n, 'stock', 0, 'version', n, 'cause', 'sell')
     from generate_series(1, $2::int) as n returning id`,
    [stock, count],
  );
  return rows.map(({ id }) => id);
};
t.beforeEach(() => void digests.splice(0));

t.test("one digest has all 100 changes, including a stock of 0", async (t) => {
  const rows = await write(100);
  const relay = relayWith({ sidecar: watched(), cacheInvalidation });
  await gone(rows);
  await relay.stop();
  const [digest, ...more] = digests;
  t.same(more, []);
  t.same(
    digest?.data.changes.toSorted((a, b) => a.version - b.version),
    rows.map((_, at) => ({ id: `p${at + 1}`, version: at + 1, stock: 0, topic: stock })),
  );
});

t.test("events that no cache depends on have no digest", async (t) => {
  await store.query("insert into outbox (id, topic, key, data) values (gen_random_uuid(), $1, 'key', '{}')", [created]);
  const relay = relayWith({ sidecar: watched(), cacheInvalidation });
  await gone((await store.query<{ id: string }>("select id from outbox")).map(({ id }) => id));
  await relay.stop();
  t.same(digests, []);
});

t.test("a change that does not parse is skipped and logged, and the others are published", async (t) => {
  const rows = await write(3);
  const [bad = "", ...good] = rows;
  await store.query('update outbox set data = data || \'{"version": "no number"}\' where id = $1', [bad]);
  const warnings: { id?: string }[] = [];
  const log = { ...store.log, warn: (about: object) => warnings.push(about) } as unknown as Logger;
  const relay = relayWith({ sidecar: watched(), cacheInvalidation, log });
  await gone(rows);
  await relay.stop();
  t.same(digests.flatMap(({ data }) => data.changes).length, good.length);
  t.match(warnings, [{ id: bad, topic: stock }]);
});

t.test("a failed digest delays no event, and is not retried", async (t) => {
  const rows = await write(3);
  const relay = relayWith({ sidecar: watched(true), cacheInvalidation });
  await gone(rows);
  await relay.stop();
  t.equal(digests.length, 1);
});
