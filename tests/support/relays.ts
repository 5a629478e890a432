import type { Dispatcher, WrittenRow } from "@sidecart/platform/events";
import { type OutboxOptions, startOutboxRelay } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import type { Sidecar } from "@sidecart/platform/rpc";
import { Redis } from "ioredis";
import type { Test } from "tap";
import { eventually } from "./eventually.ts";
import { type Store, startStore } from "./store.ts";
import { eventsIn, streamEvents } from "./stream-events.ts";
import { rowsWritten } from "./written-rows.ts";

export const [created, changed, stock] = [
  "catalog.product-created.v1",
  "catalog.product-changed.v1",
  "catalog.stock-changed.v1",
] as const;
type Delivered = { id: string; topic: string; event: Record<string, unknown> };

/** No subscription here: tests read the broker's streams. */
const dispatcher: Dispatcher = {
  topics: [],
  deliver: async () => "again",
  handle: async () => {},
  lastResort: async () => "again",
};

/** The published events in the broker's streams. */
function published(t: Test, { redis: server }: Store) {
  if (!server) throw new Error("the store has no broker");
  const redis = new Redis(server);
  t.teardown(() => redis.disconnect());
  const delivered: Delivered[] = [];
  async function read(): Promise<void> {
    const topics = [created, changed, stock];
    const events = await Promise.all(topics.map((topic) => streamEvents(redis, topic)));
    const all = events.flatMap((some, at) => some.map((event) => ({ id: event.id, topic: topics[at] ?? "", event })));
    delivered.splice(0, delivered.length, ...all);
  }
  const ids = (some: string[]) => delivered.map(({ id }) => id).filter((id) => some.includes(id));
  return { read, delivered, ids };
}

/** Writes rows to the outbox as a service's statement does; returns their ids. */
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

/** Rows as the statement that wrote them returns them. */
const written = async (store: Store, ids: string[]): Promise<WrittenRow[]> =>
  (await rowsWritten(store, "id = any ($1)", [ids])).map(({ row }) => row);

const left = async ({ query }: Store, ids: string[]): Promise<string[]> =>
  (await query<{ id: string }>("select id from outbox where id = any ($1) order by id", [ids])).map(({ id }) => id);

/** Catalog's store and sidecar, with relays of its outbox. */
export async function relays(t: Test) {
  const store = await startStore(t, "catalog", { dispatcher: () => dispatcher });
  const { read, delivered, ids } = published(t, store);
  const relayWith = (more: Partial<OutboxOptions> = {}) => {
    const { database, sidecar, log } = store;
    return startOutboxRelay({ database, sidecar, log, appId: "catalog", pubsub: "pubsub", ...more });
  };
  const gone = (rows: string[]) =>
    eventually("the rows to be deleted", async () => (await left(store, rows)).length === 0);
  const arrived = (rows: string[]) =>
    eventually("the events to arrive", async () => {
      await read();
      return new Set(ids(rows)).size === rows.length;
    });
  /** The real sidecar. It records each publish; a test can delay a publish or make it fail. */
  const watched = (before: (topic: string) => Promise<void> = async () => {}) => {
    const published: string[] = [];
    const publish: Sidecar["publish"] = async (pubsub, topic, entries, context) => {
      await before(topic);
      published.push(...entries.flatMap(({ body }) => eventsIn(body)).map(({ id }) => id));
      return store.sidecar.publish(pubsub, topic, entries, context);
    };
    return { published, sidecar: { ...store.sidecar, publish } };
  };
  return {
    store,
    delivered,
    ids,
    relayWith,
    gone,
    arrived,
    watched,
    write: (count: number, topic?: string, claimed?: string) => write(store, count, topic, claimed),
    left: (rows: string[]) => left(store, rows),
    written: (rows: string[]) => written(store, rows),
  };
}
