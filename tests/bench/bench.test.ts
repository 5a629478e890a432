import { join } from "node:path";
import t, { type Test } from "tap";
import type { CaseName } from "./adapter.ts";
import { sizeOf } from "./data-set.ts";
import { type DirectSystem, startDirect } from "./direct/system.ts";
import { LoadProcess } from "./load/process.ts";
import { type Entry, measure, type Sample } from "./measure.ts";
import { parseOptions } from "./options.ts";
import { competitorsOf, runRounds } from "./rounds.ts";
import { productId } from "./sidecart/ids.ts";
import { problemsOf } from "./verdict.ts";

const size = sizeOf(100, 1_000);
const textsOf = (sample: Sample) => problemsOf(sample).map(({ text }) => text);

t.test("in a short round every response is correct and the databases match the responses", async (t) => {
  const words = "--rounds 1 --seconds 1 --connections 8 --products 100 --orders 1000 --only";
  const cases = "product,orders,order,place-order,oversell";
  const options = parseOptions([...words.split(" "), cases]);
  const { samples } = await runRounds(
    competitorsOf(options),
    options,
    () => {},
    () => {},
  );
  t.equal(samples.length, 10);
  for (const sample of samples) {
    const name = `${sample.implementation}, ${sample.caseName}`;
    t.same(textsOf(sample), [], name);
    t.ok(sample.all.right > 0, `${name}: has responses`);
  }
  const burst = samples.filter(({ caseName }) => caseName === "oversell");
  t.same(
    burst.map(({ all }) => [all.right, all.placed]),
    [
      [64, 50],
      [64, 50],
    ],
    "64 requests for 50 units",
  );
});

t.test("the bench detects wrong responses and wrong databases", async (t) => {
  const system = await startDirect({ size });
  const load = await LoadProcess.start({
    adapter: join(import.meta.dirname, "adapters/direct.ts"),
    world: system.world,
  });
  t.teardown(async () => {
    load.stop();
    await system.stop();
  });
  const found = async (caseName: CaseName, other: Partial<DirectSystem> = {}) => {
    const entry: Entry = { name: "direct", system: { ...system, ...other }, load };
    return textsOf(await measure(entry, { caseName, connections: 4, round: 2, seconds: 1 }));
  };
  await wrongReplies(t, system, found);
  await wrongBooks(t, system, found);
});

type Found = (caseName: CaseName, other?: Partial<DirectSystem>) => Promise<string[]>;

async function wrongReplies(t: Test, { databases: { catalog, orders } }: DirectSystem, found: Found): Promise<void> {
  await catalog.query("update products set price = price + 1 where id = $1", [productId(7)]);
  for (const name of ["product", "products"] as const) {
    t.match((await found(name)).join(), /wrong responses.*00000007/, `a wrong price in ${name}`);
  }
  await catalog.query("update products set price = price - 1 where id = $1", [productId(7)]);
  await orders.query("delete from order_lines where order_id in (select order_id from order_lines limit 10)");
  t.match((await found("order")).join(), /wrong responses/, "an order without its lines");
}

async function wrongBooks(t: Test, system: DirectSystem, found: Found): Promise<void> {
  const { catalog, orders } = system.databases;
  t.same(await found("place-order"), [], "no problems in a correct run");
  const loseOrder = async () => {
    const { rows } = await orders.query("select id from orders order by id desc limit 1");
    for (const table of ["order_lines", "order_transitions"])
      await orders.query(`delete from ${table} where order_id = $1`, [rows[0].id]);
    await orders.query("delete from orders where id = $1", [rows[0].id]);
  };
  t.match(
    await found("place-order", { settled: loseOrder }),
    [/were confirmed/, /orders, \d+ reservations/],
    "a lost order",
  );
  const oversell = async () => {
    await catalog.query("alter table products drop constraint products_check");
    await catalog.query("update products set on_hand = 30 where id = $1", [productId(1)]);
  };
  t.match(
    await found("oversell", { settled: oversell }),
    [/20 units were sold in excess of the stock/],
    "sold units without stock",
  );
  const more = { stock: (product: number) => system.stock(product, 64) };
  t.match(await found("oversell", more), [/64 were sold of 50/], "more orders than units");
}
