import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createIndexStore } from "./index-store.ts";

t.setTimeout(90_000);
const soon = () => background(20_000);

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

t.test("a product is indexed in its current state, with the available stock and without its picture", async (t) => {
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

const allPages = async (size: number) => {
  const pages: string[][] = [];
  for (let more = true; more && pages.length < 50; ) {
    const page = await indexes.page(pages.at(-1)?.at(-1), size, soon());
    pages.push(page.products.map(({ id }) => id));
    more = page.more;
  }
  return pages;
};

t.test("pages have every product once, in the order of their ids, deleted ones included", async (t) => {
  const ids: string[] = [];
  for (let at = 0; at < 6; at += 1) ids.push(await product({ deleted: at === 3 }));
  const pages = await allPages(3);
  t.same(pages.flat(), ids);
  t.equal(pages.length, 2, "the last full page reports that it is the last");
  t.same(await indexes.page(ids.at(-1), 3, soon()), { products: [], more: false });
});

t.test("products that are too large for one response are split over several", async (t) => {
  const ids: string[] = [];
  for (let at = 0; at < 100; at += 1) ids.push(await product());
  await query("update products set description = repeat('豆', 5000)");
  const pages = await allPages(500);
  t.same(pages.flat(), ids);
  t.ok(pages.length >= 3, `${pages.length} pages`);
  const { products, left } = await indexes.current(ids, soon());
  t.same([...products.map(({ id }) => id), ...left].sort(), ids);
  t.ok(left.length > 0 && JSON.stringify(products).length < 1024 * 1024);
  await query("update products set description = repeat('豆', 200000) where id = any ($1)", [ids.slice(3, 6)]);
  t.same((await allPages(500)).flat(), ids, "even if one product alone is too large");
});

t.test("of many concurrent builds one starts", async (t) => {
  const started = await Promise.all(
    Array.from({ length: 12 }, (_, at) => indexes.startBuilding(`products-${at}`, soon())),
  );
  t.equal(started.filter(Boolean).length, 1);
  t.match(await indexes.survey(soon()), { live: null, building: `products-${started.indexOf(true)}` });
});

t.test("a build without a heartbeat for 30 seconds is retired, and cannot continue", async (t) => {
  const silent = (seconds: number) =>
    query("update search_indexes set beat_at = now() - make_interval(secs => $1)", [seconds]);
  t.ok(await indexes.startBuilding("products-1", soon()));
  await silent(25);
  t.notOk(await indexes.startBuilding("products-2", soon()));
  await silent(35);
  t.ok(await indexes.beat("products-1", 1, soon()), "it was only slow");
  t.notOk(await indexes.startBuilding("products-2", soon()));
  await silent(35);
  t.ok(await indexes.startBuilding("products-3", soon()));
  t.notOk(await indexes.beat("products-1", 2, soon()));
  t.same(await indexes.survey(soon()), { live: null, building: "products-3", retired: ["products-1"] });
  await silent(35);
  const { retired, ...rest } = await indexes.survey(soon());
  t.same({ ...rest, retired: retired.sort() }, { live: null, building: null, retired: ["products-1", "products-3"] });
});

t.test("an index receives changes from its first heartbeat on; when it is live, only it does", async (t) => {
  const written = async () => (await indexes.current([], soon())).indexes.sort();
  t.ok(await indexes.startBuilding("products-1", soon()));
  t.same(await written(), []);
  await indexes.beat("products-1", 0, soon());
  t.same(await written(), ["products-1"]);
  t.same(await indexes.makeLive("products-1", soon()), { old: null, live: "products-1" });
  t.ok(await indexes.startBuilding("products-2", soon()));
  await indexes.beat("products-2", 0, soon());
  t.same(await written(), ["products-1", "products-2"]);
  t.same(await indexes.makeLive("products-2", soon()), { old: "products-1", live: "products-2" });
  t.same(await written(), ["products-2"]);
  t.same(await indexes.survey(soon()), { live: "products-2", building: null, retired: ["products-1"] });
});

t.test("a live index is not retired for one that is not being built", async (t) => {
  await indexes.startBuilding("products-1", soon());
  await indexes.makeLive("products-1", soon());
  t.same(await indexes.makeLive("products-2", soon()), { old: null, live: null });
  t.match(await indexes.survey(soon()), { live: "products-1", retired: [] });
});

t.test("the progress of a build can be read from the start to long after the end", async (t) => {
  const progress = () => indexes.progress("products-1", soon());
  t.same(await progress(), { state: "gone", indexed: 0 });
  await indexes.startBuilding("products-1", soon());
  t.same(await progress(), { state: "building", indexed: 0 });
  await indexes.beat("products-1", 500, soon());
  t.same(await progress(), { state: "building", indexed: 500 });
  await indexes.makeLive("products-1", soon());
  t.same(await progress(), { state: "live", indexed: 500 });
  await indexes.startBuilding("products-2", soon());
  await indexes.makeLive("products-2", soon());
  t.same(await progress(), { state: "gone", indexed: 500 });
});

t.test("only a build can be given up, and only a retired index removed", async (t) => {
  await indexes.startBuilding("products-1", soon());
  await indexes.makeLive("products-1", soon());
  await indexes.retire("products-1", soon());
  await indexes.forget("products-1", soon());
  await indexes.startBuilding("products-2", soon());
  await indexes.forget("products-2", soon());
  t.same(await indexes.survey(soon()), { live: "products-1", building: "products-2", retired: [] });
  await indexes.retire("products-2", soon());
  t.same(await indexes.survey(soon()), { live: "products-1", building: null, retired: ["products-2"] });
  await indexes.forget("products-2", soon());
  t.same(await indexes.survey(soon()), { live: "products-1", building: null, retired: [] });
});
