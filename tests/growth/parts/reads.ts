import { exceeding, watchPlans } from "../../support/plans.ts";
import type { Store } from "../../support/store.ts";
import { count, median, megabytes, ms, table, timed } from "../figures.ts";
import type { Fill } from "../fill/fill.ts";
import type { Part, Run } from "../part.ts";
import type { Paths } from "../paths.ts";

const warmUp = 50;
const rounds = 300;

type Filled = { size: number; store: Store };

/** Measures the calls of a service on databases of each size, side by side. */
export const readsOf = (service: string, fill: Fill, pathsOf: Paths): Part => ({
  name: service,
  title: `Calls of ${service} through the sidecar, p50 in ms`,
  async run(run) {
    const filled: Filled[] = [];
    for (const size of run.sizes) filled.push(await fillOne(run, service, fill, size));
    const rows = await compare(filled, pathsOf);
    const largest = filled.at(-1);
    if (!largest) throw new Error("no size");
    const titles = ["call", ...run.sizes.map((size) => `of ${count(size)}`), "last to first"];
    const sizes = table(["table", "rows", "MB", "with indexes"], await sizesOf(largest));
    return { lines: [...table(titles, rows), "", ...sizes], problems: await excessive(largest.store, pathsOf) };
  },
});

async function fillOne(run: Run, service: string, fill: Fill, size: number): Promise<Filled> {
  const store = await run.store(service);
  const took = await timed(async () => {
    await fill(store.query, size);
    await store.query("analyze");
  });
  run.say(`${count(size)} in ${(took / 1_000).toFixed(0)} s`);
  return { size, store };
}

/** Alternates between the sizes, so that other load on the machine affects all of them. */
async function compare(filled: Filled[], pathsOf: Paths): Promise<string[][]> {
  const all = await Promise.all(filled.map(({ store }) => pathsOf(store.database, store.query)));
  const names = Object.keys(all[0] ?? {});
  const rows: string[][] = [];
  for (const name of names) {
    const times: number[][] = all.map(() => []);
    for (let round = -warmUp; round < rounds; round += 1) {
      for (const [place, paths] of all.entries()) {
        const took = await timed(() => paths[name]?.() ?? Promise.reject(new Error(name)));
        if (round >= 0) times[place]?.push(took);
      }
    }
    const p50s = times.map(median);
    rows.push([name, ...p50s.map(ms), ((p50s.at(-1) ?? Number.NaN) / (p50s[0] ?? Number.NaN)).toFixed(2)]);
  }
  return rows;
}

/** The calls that read more rows of a table than a batch has. */
async function excessive(store: Store, pathsOf: Paths): Promise<string[]> {
  const watch = watchPlans(store, await store.connect());
  const paths = await pathsOf(watch.database, store.query);
  for (const run of Object.values(paths)) await run();
  return exceeding(watch.reads).described;
}

async function sizesOf({ store, size }: Filled): Promise<string[][]> {
  type Row = { name: string; rows: string; heap: string; all: string };
  const rows = await store.query<Row>(
    `select relname as name, reltuples::bigint as rows, pg_relation_size(oid) as heap, pg_total_relation_size(oid) as "all"
     from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= $1 order by relname`,
    [size / 100],
  );
  return rows.map(({ name, rows, heap, all }) => [
    `\`${name}\``,
    count(Number(rows)),
    megabytes(Number(heap)),
    megabytes(Number(all)),
  ]);
}
