import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { apps } from "@sidecart/local/apps";
import type { Launched } from "@sidecart/local/launch";
import { dumpDatabases } from "@sidecart/ops/dump-databases";
import { type Restored, restoreDatabases } from "@sidecart/ops/restore-databases";
import { ask, type Books, readBooks } from "../../support/books.ts";
import { eventually } from "../../support/eventually.ts";
import { contradictions } from "../../support/ledger.ts";
import { admin } from "../../support/people.ts";
import { Random } from "../../support/random.ts";
import type { Shop } from "../../support/shop.ts";
import { Journal } from "./journal.ts";

const people = 6;
const withinMs = 120_000;
const services = apps.filter(({ database }) => database).map(({ id }) => id);
const names = apps.flatMap(({ id }) => [id, `${id}-dapr`]);

export type Drill = {
  journal: Journal;
  /** The moment of the dump. */
  dumpedAt: number;
  lostAt: number;
  books: Books;
  /** Reservations without an order at the moment of the dump. */
  orphans: number;
  restored: Restored;
  seconds: Record<"dump" | "restore" | "untilOrders" | "untilSearch", number>;
};

/** Dumps, loses and restores all databases under traffic. */
export async function runDrill(shop: Shop, folder: string, phaseMs: number): Promise<Drill> {
  const { system } = shop;
  const databases = services.map((service) => ({ service, url: system.databaseUrl(service) }));
  const journal = new Journal(shop);
  const stop = new AbortController();
  const seed = new Random().seed;
  const buying = Array.from({ length: people }, (_, at) => journal.run(new Random(seed + at), stop.signal));
  await pause(phaseMs);
  const dumpTook = stopwatch();
  const { at } = await dumpDatabases(databases, join(folder, "dump"));
  const dump = dumpTook();
  await pause(phaseMs);
  const lostAt = Date.now();
  const down = stopwatch();
  await wipe(databases);
  await Promise.all(names.map((name) => system.kill(name)));
  stop.abort();
  await Promise.all(buying);
  const restoreTook = stopwatch();
  const restored = await restoreDatabases(databases, join(folder, "dump"));
  const restore = restoreTook();
  await Promise.all(names.map((name) => system.start(name)));
  const untilOrders = await settled(shop, down);
  await reindexed(shop);
  const untilSearch = down();
  const orphans = await expireOrphans(system);
  const books = await eventually("the data of all services to agree", () => agreed(shop), withinMs);
  const seconds = { dump, restore, untilOrders, untilSearch };
  return { journal, dumpedAt: Date.parse(at), lostAt, books, orphans, restored, seconds };
}

/** Seconds since it was made. */
function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1_000;
}

/** Nothing is left, as after the loss of the server's disk. */
async function wipe(databases: readonly { url: string }[]): Promise<void> {
  for (const { url } of databases)
    await ask(url, "drop schema public cascade; create schema public; grant usage on schema public to public");
}

/** Waits until an order can be placed, and until all events are handled. Returns when the order was placed. */
async function settled({ place, system }: Shop, down: () => number): Promise<number> {
  await eventually("an order", async () => (await place()).data?.placeOrder, withinMs);
  const seconds = down();
  const drained = async () => [...(await readBooks(system)).waiting.values()].every((events) => events === 0);
  await eventually("all events to be published", drained, withinMs);
  return seconds;
}

/** Rebuilds the search index, as `npm run reindex` does. The restore has ended the session of the shop's admin. */
async function reindexed({ system }: Shop): Promise<void> {
  const boss = await admin(system.gatewayUrl);
  const { reindex } = await boss.get<{ reindex: { index: string } }>("mutation { reindex { index } }");
  const query = "query($index: String!) { reindexProgress(index: $index) { state } }";
  const live = async () => {
    const { reindexProgress } = await boss.get<{ reindexProgress: { state: string } }>(query, reindex);
    return reindexProgress.state.toLowerCase() === "live";
  };
  await eventually("the new index", live, withinMs);
}

/** Reservations of placements that the dump caught half done expire after some minutes; here at once. */
async function expireOrphans(system: Launched): Promise<number> {
  const overdue = await ask(
    system.databaseUrl("catalog"),
    "update reservations set expires_at = now() where status = 'open' and expires_at is not null returning id",
  );
  return overdue.length;
}

async function agreed({ system, stock }: Shop): Promise<Books> {
  const books = await readBooks(system);
  const wrong = contradictions(books, stock);
  if (wrong.length > 0) throw new Error(`${wrong.length} contradictions:\n${wrong.slice(0, 20).join("\n")}`);
  return books;
}
