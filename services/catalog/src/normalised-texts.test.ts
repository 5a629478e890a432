import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";

t.setTimeout(90_000);
const { query } = await startStore(t, "catalog");
const migration = await readFile(join(import.meta.dirname, "../migrations/0004_normalised_texts.sql"), "utf8");
const composed = "caf\u00e9";
const decomposed = "cafe\u0301";

async function product(category: string, attributes: Record<string, string>): Promise<string> {
  const id = newId();
  await query(
    `insert into products (id, name, description, price, currency, category, attributes, on_hand, created_at, updated_at)
     values ($1, $2, $2, 1, 'EUR', $2, $3, 1, now(), now())`,
    [id, category, attributes],
  );
  return id;
}

t.test("the migration normalises existing products, queues them for search and loses no attribute", async (t) => {
  const old = await product(decomposed, { [decomposed]: decomposed, origin: "x" });
  const both = await product(composed, { [decomposed]: "one", [composed]: decomposed });
  const fine = await product(composed, { [composed]: composed });
  await query(migration);
  await query(migration);
  const rows = await query("select id, name, description, category, attributes, version::int from products");
  const byId = new Map(rows.map(({ id, ...row }) => [id, row]));
  const texts = { name: composed, description: composed, category: composed };
  t.same(byId.get(old), { ...texts, attributes: { [composed]: composed, origin: "x" }, version: 2 });
  t.same(byId.get(both), { ...texts, attributes: { [decomposed]: "one", [composed]: composed }, version: 2 });
  t.same(byId.get(fine), { ...texts, attributes: { [composed]: composed }, version: 1 });
  const queued = await query<{ product_id: string }>("select product_id from index_queue");
  t.same(new Set(queued.map(({ product_id }) => product_id)), new Set([old, both]));
});
