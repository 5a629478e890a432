import type { Database } from "@sidecart/platform/database";
import { startOutboxRelay } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { createReservationStore } from "../../../services/catalog/src/reservation-store.ts";
import { amply } from "../../support/quotas.ts";
import type { Store } from "../../support/store.ts";
import { count, median, megabytes, ms, table } from "../figures.ts";
import { fillCatalog } from "../fill/catalog.ts";
import type { Part } from "../part.ts";

const products = 1_000;
const rounds = 1_000;
const perRound = 64;
const soon = () => background(60_000);
const statements = ["reservation.reserve", "outbox.next"] as const;

const ways: readonly { name: string; prepare(store: Store): Promise<unknown> }[] = [
  { name: "alone", prepare: async () => {} },
  { name: "with a long-running snapshot", prepare: holdSnapshot },
];

export const churn: Part = {
  name: "churn",
  title: `${count(rounds * perRound)} reservations of ${count(products)} products, created and released, ${perRound} per statement`,
  async run(run) {
    const times: string[][] = [];
    const sizes: string[][] = [];
    for (const way of ways) {
      const store = await run.store("catalog");
      await way.prepare(store);
      times.push(...(await shopped(store)).map((cells) => [way.name, ...cells]));
      sizes.push(...(await sizesOf(store)).map((cells) => [way.name, ...cells]));
    }
    const lines = table(["", "statement", "first tenth, p50 ms", "last tenth"], times);
    return {
      lines: [...lines, "", ...table(["", "table", "MB", "with indexes", "changed in place"], sizes)],
      problems: [],
    };
  },
};

async function shopped(store: Store): Promise<string[][]> {
  const { database, times } = timing(store.database);
  const { query, sidecar, log, written } = store;
  await fillCatalog(query, products);
  await query("analyze");
  const ids = (await query<{ id: string }>("select id from products where deleted_at is null")).map(({ id }) => id);
  const published = { ...sidecar, publish: async () => new Map<string, string>() };
  const relay = startOutboxRelay({ database, sidecar: published, log, appId: "catalog", pubsub: "pubsub" });
  const reservations = createReservationStore(database);
  for (let round = 0; round < rounds; round += 1) {
    const now = new Date();
    const wanted = Array.from({ length: perRound }, () => {
      const productId = ids[Math.floor(Math.random() * ids.length)] ?? "";
      return { id: newId(), accountId: newId(), quota: amply, lines: [{ productId, quantity: 1 }] };
    });
    await reservations.reserve(wanted, now, new Date(now.getTime() + 60_000), soon());
    const made = wanted.map(({ id }) => id);
    await reservations.release(made, now, soon());
    relay.publish(written.rows.splice(0));
    relay.kick();
  }
  await relay.stop();
  return statements.map((name) => {
    const all = times.get(name);
    if (!all) throw new Error(`${name} was not run`);
    const tenth = Math.ceil(all.length / 10);
    return [`\`${name}\``, ms(median(all.slice(0, tenth))), ms(median(all.slice(-tenth)))];
  });
}

/** The durations of each statement, in milliseconds. */
function timing(inner: Database) {
  const times = new Map<string, number[]>();
  const one: Database["one"] = async (statement, input, context) => {
    const began = performance.now();
    const answer = await inner.one(statement, input, context);
    const known = times.get(statement.name) ?? [];
    times.set(statement.name, known);
    known.push(performance.now() - began);
    return answer;
  };
  return { database: { one } satisfies Database, times };
}

async function sizesOf({ query }: Store): Promise<string[][]> {
  await query("select pg_sleep(1)"); // a connection reports its statistics once per second
  type Row = { name: string; heap: string; all: string; updates: string; hot: string };
  const rows = await query<Row>(
    `select relname as name, pg_relation_size(relid) as heap, pg_total_relation_size(relid) as "all",
       n_tup_upd as updates, n_tup_hot_upd as hot
     from pg_stat_user_tables where relname in ('products', 'reservations', 'outbox') order by relname`,
  );
  return rows.map(({ name, heap, all, updates, hot }) => [
    `\`${name}\``,
    megabytes(Number(heap)),
    megabytes(Number(all)),
    `${Math.round((100 * Number(hot)) / Number(updates))} %`,
  ]);
}

async function holdSnapshot({ connect }: Store): Promise<void> {
  const other = await connect();
  await other.query("begin isolation level repeatable read");
  await other.query("select count(*) from products");
}
