import t from "tap";
import { eventually } from "../../tests/support/eventually.ts";
import { type Store, startStore } from "../../tests/support/store.ts";
import { bulks } from "./bulk-publisher.ts";
import { background } from "./call.ts";
import { maxEventBytes, publishedBytes } from "./events.ts";
import { newId } from "./ids.ts";
import { pruneInbox } from "./inbox.ts";
import { type OutboxOptions, startOutboxRelay } from "./outbox.ts";
import type { Sidecar } from "./sidecar.ts";
import type { Dispatcher } from "./subscriptions.ts";

const [created, changed, stock] = [
  "catalog.product-created.v1",
  "catalog.product-changed.v1",
  "catalog.stock-changed.v1",
] as const;
type Delivered = { id: string; topic: string; event: Record<string, unknown> };

/** Keeps what the broker delivers. */
function inbox() {
  const delivered: Delivered[] = [];
  const dispatcher: Dispatcher = {
    topics: [created, changed, stock],
    async deliver(topic, raw) {
      const event = raw as Delivered["event"];
      delivered.push({ id: String(event.id), topic, event });
      return "handled";
    },
    handle: async () => {},
    lastResort: async () => "again",
  };
  const ids = (some: string[]) => delivered.map(({ id }) => id).filter((id) => some.includes(id));
  return { dispatcher, delivered, ids };
}

/** Rows as a service's statement leaves them; their ids. */
async function write(
  { query }: Store,
  count: number,
  topic: string = created,
  claimed = "-infinity",
): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await query(
    `insert into outbox (id, topic, key, data, traceparent, claimed_until)
     select id, $2, 'key', jsonb_build_object('text', 'žluť', 'id', id), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
       $3::timestamptz
     from unnest($1::uuid[]) as id`,
    [ids, topic, claimed],
  );
  return ids;
}

const left = async ({ query }: Store, ids: string[]): Promise<string[]> =>
  (await query<{ id: string }>("select id from outbox where id = any ($1) order by id", [ids])).map(({ id }) => id);

t.test("the outbox relay", async (t) => {
  const { dispatcher, delivered, ids } = inbox();
  const store = await startStore(t, "catalog", { dispatcher: () => dispatcher });
  const relayWith = (more: Partial<OutboxOptions> = {}) => {
    const { database, sidecar, log } = store;
    return startOutboxRelay({ database, sidecar, log, appId: "catalog", pubsub: "pubsub", ...more });
  };
  const gone = (rows: string[]) =>
    eventually("the rows to be gone", async () => (await left(store, rows)).length === 0);
  const arrived = (rows: string[]) =>
    eventually("the events to arrive", async () => new Set(ids(rows)).size === rows.length);
  /** The real sidecar, of which each publish is noted, and may be held up or fail before it. */
  const watched = (before: (topic: string) => Promise<void> = async () => {}) => {
    const published: string[] = [];
    const publish: Sidecar["publish"] = async (pubsub, topic, entries, context) => {
      await before(topic);
      published.push(...entries.map(({ id }) => id));
      return store.sidecar.publish(pubsub, topic, entries, context);
    };
    return { published, sidecar: { ...store.sidecar, publish } };
  };

  t.test("what was written is published, whole, and leaves the outbox", async (t) => {
    const relay = relayWith();
    const rows = await write(store, 1);
    relay.kick();
    await arrived(rows);
    await gone(rows);
    await relay.stop();
    const [one] = delivered.filter(({ id }) => rows.includes(id));
    t.match(one, {
      topic: created,
      event: {
        specversion: "1.0",
        id: rows[0],
        type: created,
        source: "catalog",
        time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
        traceparent: /^00-0af7651916cd43dd8448eb211c80319c-/,
        data: { text: "žluť", id: rows[0] },
      },
    });
  });

  t.test("what an earlier process left is published without anybody asking", async (t) => {
    const rows = [...(await write(store, 3)), ...(await write(store, 2, changed))];
    const relay = relayWith();
    await arrived(rows);
    await gone(rows);
    await relay.stop();
    t.equal(ids(rows).length, 5, "each once");
  });

  t.test("more than a batch goes in one go", async (t) => {
    const rows = await write(store, 450);
    const relay = relayWith();
    await gone(rows);
    await relay.stop();
    t.ok(await arrived(rows));
  });

  t.test("two relays never publish the same row", async (t) => {
    const rows = [...(await write(store, 900)), ...(await write(store, 300, stock))];
    const [one, two] = [watched(), watched()];
    const relays = [relayWith({ sidecar: one.sidecar }), relayWith({ sidecar: two.sidecar })];
    await gone(rows);
    await Promise.all(relays.map((relay) => relay.stop()));
    t.same([...one.published, ...two.published].sort(), rows.toSorted());
    t.ok(one.published.length > 0 && two.published.length > 0, "both had something to do");
  });

  t.test("a row that somebody holds locked holds up no other", async (t) => {
    const [held = "", ...free] = await write(store, 3);
    const other = await store.connect();
    await other.query("begin");
    await other.query("select from outbox where id = $1 for update", [held]);
    const relay = relayWith();
    await gone(free);
    await other.query("rollback");
    relay.kick();
    await gone([held]);
    await relay.stop();
    t.pass();
  });

  t.test("a claimed row is left alone until its lease is over", async (t) => {
    const held = await write(store, 1, created, "infinity");
    const { sidecar, published } = watched();
    const relay = relayWith({ sidecar });
    const free = await write(store, 1);
    relay.kick();
    await gone(free);
    t.same(published, free);
    await store.query("update outbox set claimed_until = now() where id = any ($1)", [held]);
    relay.kick();
    await gone(held);
    await relay.stop();
    t.same(published, [...free, ...held]);
  });

  t.test("a relay that dies with rows in hand has them published by the next, when the lease is over", async (t) => {
    const rows = await write(store, 5);
    const forever = new Promise<void>(() => {});
    const reached = Promise.withResolvers<void>();
    const dead = watched(() => {
      reached.resolve();
      return forever;
    });
    relayWith({ sidecar: dead.sidecar });
    await reached.promise;
    const [lease] = await store.query<{ seconds: number }>(
      "select extract(epoch from min(claimed_until) - now())::float as seconds from outbox where id = any ($1)",
      [rows],
    );
    t.ok(lease && lease.seconds > 5 && lease.seconds <= 10, `claimed for ${lease?.seconds} s`);
    await store.query("update outbox set claimed_until = now() where id = any ($1)", [rows]);
    const relay = relayWith();
    await gone(rows);
    await relay.stop();
    t.same(dead.published, []);
  });

  t.test("a topic that the broker refuses holds up no other, and its rows stay", async (t) => {
    const refused = await write(store, 3, "catalog.nobody-may-publish-this.v1");
    const good = await write(store, 3);
    const relay = relayWith();
    await gone(good);
    t.same(await left(store, refused), refused);
    await relay.stop();
    await store.query("delete from outbox where id = any ($1)", [refused]);
  });

  t.test("an event that the broker refuses holds up none of its bulk", async (t) => {
    const rows = await write(store, 20);
    const [bad = ""] = rows;
    const refusing: Sidecar["publish"] = async (pubsub, topic, entries, context) => {
      // as sidecars do: what came before was published, and nobody says what
      await store.sidecar.publish(
        pubsub,
        topic,
        entries.filter(({ id }) => id !== bad),
        context,
      );
      if (entries.some(({ id }) => id === bad)) throw new Error("failed to publish");
      return new Map();
    };
    const relay = relayWith({ sidecar: { ...store.sidecar, publish: refusing } });
    await gone(rows.slice(1));
    t.same(await left(store, rows), [bad]);
    await relay.stop();
    await store.query("delete from outbox");
  });

  t.test("a broker that comes back gets what waited for it", async (t) => {
    const rows = await write(store, 3);
    let away = 2;
    const { sidecar, published } = watched(async () => {
      away -= 1;
      if (away >= 0) throw new Error("the broker is away");
    });
    const relay = relayWith({ sidecar });
    await gone(rows);
    await relay.stop();
    t.same(published.toSorted(), rows.toSorted());
  });

  t.test("a database that fails does not end the relay", async (t) => {
    await store.query("alter table outbox rename to outbox_away");
    const failed = Promise.withResolvers<void>();
    const log = { ...store.log, warn: () => failed.resolve() } as unknown as OutboxOptions["log"];
    const relay = relayWith({ log });
    await failed.promise;
    await store.query("alter table outbox_away rename to outbox");
    const rows = await write(store, 1);
    relay.kick();
    await gone(rows);
    await relay.stop();
    t.pass();
  });

  t.test("stopping finishes the batch in hand", async (t) => {
    const rows = await write(store, 2);
    const go = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const { sidecar } = watched(() => {
      entered.resolve();
      return go.promise;
    });
    const relay = relayWith({ sidecar });
    await entered.promise;
    const stopped = relay.stop();
    go.resolve();
    await stopped;
    t.same(await left(store, rows), []);
  });

  t.test("a kick while a batch is under way is not lost", async (t) => {
    const go = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const { sidecar } = watched(() => {
      entered.resolve();
      return go.promise;
    });
    const first = await write(store, 1);
    const relay = relayWith({ sidecar });
    await entered.promise;
    const second = await write(store, 1);
    relay.kick();
    go.resolve();
    await gone([...first, ...second]);
    t.same(await left(store, [...first, ...second]), []);
    await relay.stop();
  });

  t.test("more refused events than a batch holds do not hold up the others", async (t) => {
    const { sidecar } = watched(async (topic) => {
      if (topic === changed) throw new Error("refused");
    });
    const refused = await write(store, 250, changed, new Date(0).toISOString());
    const relay = relayWith({ sidecar });
    const others = await write(store, 3, created, new Date().toISOString());
    relay.kick();
    await gone(others);
    t.same(await left(store, refused), refused.toSorted(), "and those stay for later");
    await relay.stop();
    await store.query("delete from outbox");
  });

  t.test("an event of more than any broker takes is refused by the table as well", async (t) => {
    const insert = (letters: number) =>
      store.query(
        `insert into outbox (id, topic, key, data, claimed_until)
         values ($1, $2, 'key', to_jsonb(repeat('x', $3)), 'infinity')`,
        [newId(), created, letters],
      );
    await insert(maxEventBytes - 2);
    await t.rejects(insert(maxEventBytes - 1), { message: /outbox_event_size/ });
    await store.query("delete from outbox");
  });

  t.test("the table counts an event's bytes as we do, which is as the sidecar writes it", async (t) => {
    const insert = (data: object) =>
      store.query(`insert into outbox (id, topic, key, data, claimed_until) values ($1, $2, 'key', $3, 'infinity')`, [
        newId(),
        created,
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

  t.test("a relay that stops has published what was written before", async (t) => {
    const relay = relayWith();
    await gone([]);
    const rows = await write(store, 5);
    await relay.stop();
    t.same(await left(store, rows), []);
  });
});

t.test("events are cut into calls that a sidecar accepts", async (t) => {
  const entry = (bytes: number) => ({ id: newId(), event: new Uint8Array(bytes), contentType: "application/json" });
  const sizes = (entries: ReturnType<typeof entry>[]) =>
    bulks(entries).map((bulk) => bulk.map((one) => one.event.length));
  const half = 512 * 1024;
  t.same(sizes([]), []);
  t.same(sizes([entry(10), entry(20)]), [[10, 20]]);
  t.same(sizes([entry(half), entry(half), entry(1)]), [[half, half], [1]]);
  t.same(sizes([entry(1), entry(3 * half), entry(2)]), [[1], [3 * half], [2]], "a large one goes alone");
});

t.test("the inbox forgets what no broker can bring again, and nothing younger", async (t) => {
  const store = await startStore(t, "catalog");
  await store.query(
    `insert into inbox (event_id, handler, handled_at)
     select gen_random_uuid(), 'x', now() - interval '15 days' from generate_series(1, 5001)
     union all select gen_random_uuid(), 'x', now() - interval '13 days' from generate_series(1, 3)`,
  );
  await pruneInbox(store.database, background(10_000));
  const [row] = await store.query<{ count: number }>("select count(*)::int as count from inbox");
  t.equal(row?.count, 3);
});
