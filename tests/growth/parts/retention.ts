import type { Database } from "@sidecart/platform/database";
import { pruneInbox } from "@sidecart/platform/events";
import { background } from "@sidecart/platform/rpc";
import { createSessionStore } from "../../../services/accounts/src/session-store.ts";
import { createReservationStore } from "../../../services/catalog/src/reservation-store.ts";
import type { Store } from "../../support/store.ts";
import { count, median, megabytes, ms, table, timed } from "../figures.ts";
import { fillAccounts } from "../fill/accounts.ts";
import { fillCatalog } from "../fill/catalog.ts";
import { fillInbox } from "../fill/messages.ts";
import type { Part, Run } from "../part.ts";

const soon = () => background(600_000);

type Kind = {
  name: string;
  service: string;
  /** Fills the tables with rows past their retention; returns how many rows will be deleted. */
  age(store: Store, size: number): Promise<unknown>;
  forget(database: Database): Promise<unknown>;
};

const kinds: readonly Kind[] = [
  {
    name: "inbox",
    service: "catalog",
    async age({ query }, size) {
      await fillInbox(query, size);
      await query("update inbox set handled_at = now() - interval '15 days'");
    },
    forget: (database) => pruneInbox(database, soon()),
  },
  {
    name: "reservations",
    service: "catalog",
    async age({ query }, size) {
      await fillCatalog(query, size);
      await query("update reservations set status = 'sold', closed_at = now() - interval '31 days'");
    },
    forget: (database) => createReservationStore(database).prune(new Date(), soon()),
  },
  {
    name: "refresh_tokens",
    service: "accounts",
    async age({ query }, size) {
      await fillAccounts(query, size);
      await query("update refresh_families set expires_at = now() - interval '8 days'");
    },
    async forget(database) {
      while ((await createSessionStore(database).forget(new Date(), soon())) > 0);
    },
  },
];

export const retention: Part = {
  name: "retention",
  title: "The cost of deleting old rows",
  async run(run) {
    const rows: string[][] = [];
    for (const kind of kinds) rows.push(await forgotten(run, kind));
    rows.push(await dropped(run));
    return {
      lines: table(["table", "rows", "seconds", "p50 of a statement, ms", "WAL, MB", "vacuum, s"], rows),
      problems: [],
    };
  },
};

/** Deletes from an inbox of the largest size, and from other tables of a tenth of it, because their rows have dependents. */
async function forgotten(run: Run, { name, service, age, forget }: Kind): Promise<string[]> {
  const store = await run.store(service);
  await age(store, sizeOf(run) / (name === "inbox" ? 1 : 10));
  await store.query(`vacuum analyze ${name}`);
  const times: number[] = [];
  const one: Database["one"] = async (...call) => {
    const began = performance.now();
    const answer = await store.database.one(...call);
    times.push(performance.now() - began);
    return answer;
  };
  const before = await rowsOf(store, name);
  const from = await walOf(store);
  const seconds = (await timed(() => forget({ one }))) / 1_000;
  const wal = (await walOf(store)) - from;
  const gone = before - (await rowsOf(store, name));
  const vacuum = (await timed(() => store.query(`vacuum ${name}`))) / 1_000;
  return [`\`${name}\``, count(gone), seconds.toFixed(1), ms(median(times)), megabytes(wal), vacuum.toFixed(1)];
}

/** The alternative for an inbox: one partition per day, which is dropped. */
async function dropped(run: Run): Promise<string[]> {
  const store = await run.store("catalog");
  await store.query("create table inbox_by_day (like inbox including all) partition by range (event_id)");
  await store.query("create table inbox_day partition of inbox_by_day default");
  await store.query("insert into inbox_by_day select uuidv7(), 'sell', now() from generate_series(1, $1::int)", [
    sizeOf(run),
  ]);
  const from = await walOf(store);
  const seconds = (await timed(() => store.query("drop table inbox_day"))) / 1_000;
  return [
    "an inbox's partition, dropped",
    count(sizeOf(run)),
    seconds.toFixed(2),
    "",
    megabytes((await walOf(store)) - from),
    "",
  ];
}

const sizeOf = ({ sizes }: Run) => sizes.at(-1) ?? 0;

async function rowsOf({ query }: Store, name: string): Promise<number> {
  const [row] = await query<{ rows: string }>(`select count(*) as rows from ${name}`);
  return Number(row?.rows);
}

async function walOf({ query }: Store): Promise<number> {
  const [row] = await query<{ bytes: string }>("select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes");
  return Number(row?.bytes);
}
