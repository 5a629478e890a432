import { background } from "@sidecart/platform/call";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexStore } from "./index-store.ts";

const soon = () => background(20_000);

t.test("search indexes and what goes into them", async (t) => {
  const { database, query } = await startStore(t, "catalog");
  const indexes = createIndexStore(database);
  t.beforeEach(() => query("truncate search_indexes, products cascade"));
  const product = async (fields: { deleted?: boolean; partner?: string } = {}) => {
    const id = newId();
    await query(
      `insert into products (id, name, description, price, currency, category, attributes, partner_id, image_url,
         on_hand, reserved, version, created_at, updated_at, deleted_at)
       values ($1, 'Tea', 'Green', 1000000000000, 'EUR', 'tea', '{"origin":"Wazuka"}', $2, 'data:image/png;', 9, 4, 3,
         '2026-03-01T12:00:00.123Z', now(), $3)`,
      [id, fields.partner ?? null, fields.deleted ? new Date() : null],
    );
    return id;
  };

  t.test("a product goes in as it is now, with what can still be ordered, and without its picture", async (t) => {
    const partner = newId();
    const [own, theirs, gone] = [await product(), await product({ partner }), await product({ deleted: true })];
    const { products } = await indexes.current([own, theirs, gone, newId(), own], soon());
    const document = {
      name: "Tea",
      description: "Green",
      category: "tea",
      attributes: { origin: "Wazuka" },
      price: 1_000_000_000_000,
      currency: "EUR",
      stock: 5,
      createdAt: "2026-03-01T12:00:00.123Z",
      imageUrl: "",
    };
    const byId = Object.fromEntries(products.map((one) => [one.id, one]));
    t.equal(products.length, 3);
    t.same(byId[own], { id: own, version: 3, deleted: false, document: { id: own, partnerId: "", ...document } });
    t.match(byId[theirs], { deleted: false, document: { partnerId: partner } });
    t.match(byId[gone], { deleted: true, version: 3 });
  });

  t.test("pages hold every product once, in the order of their ids, the deleted too", async (t) => {
    const ids: string[] = [];
    for (let at = 0; at < 7; at += 1) ids.push(await product({ deleted: at === 3 }));
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await indexes.page(after, 3, soon());
      seen.push(...page.map(({ id }) => id));
      if (page.length < 3) break;
    }
    t.same(seen, ids);
    t.same(await indexes.page(ids.at(-1), 3, soon()), []);
  });

  t.test("of many who start building at once, one does", async (t) => {
    const started = await Promise.all(
      Array.from({ length: 12 }, (_, at) => indexes.startBuilding(`products-${at}`, soon())),
    );
    t.equal(started.filter(Boolean).length, 1);
    t.equal(await indexes.liveIndex(soon()), null);
  });

  t.test("a build that died gives way after an hour", async (t) => {
    t.ok(await indexes.startBuilding("products-1", soon()));
    await query("update search_indexes set created_at = now() - interval '59 minutes'");
    t.notOk(await indexes.startBuilding("products-2", soon()));
    await query("update search_indexes set created_at = now() - interval '61 minutes'");
    t.ok(await indexes.startBuilding("products-3", soon()));
    t.same(await query("select name, state from search_indexes"), [{ name: "products-3", state: "building" }]);
  });

  t.test("while one is built both are written; then the new one alone is live", async (t) => {
    const written = async () => (await indexes.current([], soon())).indexes.sort();
    t.ok(await indexes.startBuilding("products-1", soon()));
    t.same(
      await indexes.makeLive("products-1", soon()),
      { live: "products-1", old: null },
      "the first has none before it",
    );
    t.equal(await indexes.liveIndex(soon()), "products-1");
    t.ok(await indexes.startBuilding("products-2", soon()));
    t.same(await written(), ["products-1", "products-2"]);
    t.equal(await indexes.liveIndex(soon()), "products-1");
    t.same(await indexes.makeLive("products-2", soon()), { live: "products-2", old: "products-1" });
    t.same(await written(), ["products-2"]);
    t.equal(await indexes.liveIndex(soon()), "products-2");
  });

  t.test("a live index is not given up for one that nobody builds", async (t) => {
    await indexes.startBuilding("products-1", soon());
    await indexes.makeLive("products-1", soon());
    t.same(await indexes.makeLive("products-2", soon()), { live: null, old: null });
    t.equal(await indexes.liveIndex(soon()), "products-1");
    t.same(await indexes.makeLive("products-1", soon()), { live: null, old: null }, "it is live already");
    t.equal(await indexes.liveIndex(soon()), "products-1");
  });

  t.test("only what is being built can be abandoned", async (t) => {
    await indexes.startBuilding("products-1", soon());
    await indexes.makeLive("products-1", soon());
    await indexes.abandon("products-1", soon());
    t.equal(await indexes.stateOf("products-1", soon()), "live");
    await indexes.startBuilding("products-2", soon());
    t.equal(await indexes.stateOf("products-2", soon()), "building");
    await indexes.abandon("products-2", soon());
    t.equal(await indexes.stateOf("products-2", soon()), "gone");
    t.ok(await indexes.startBuilding("products-3", soon()));
  });
});
