import { pendingEvent, topicOf } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import {
  ProductChangedSchema,
  ProductCreatedSchema,
  StockChangedSchema,
  StockDepletedSchema,
} from "@sidecart/proto/catalog/v1/events";
import fc from "fast-check";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createProductStore, type NewProduct, type StockChange } from "./product-store.ts";

t.setTimeout(90_000);
const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.123Z");
const most = 1_000;
const nobody = newId();

const fresh = (fields: Partial<NewProduct> = {}): NewProduct => ({
  id: newId(),
  name: "Filter coffee",
  description: "Dark",
  price: 1290,
  currency: "EUR",
  stock: 7,
  category: "coffee",
  attributes: { roast: "dark" },
  partnerId: null,
  imageUrl: "",
  createdAt: now,
  ...fields,
});

const { database, query, written } = await startStore(t, "catalog");
const products = createProductStore(database);
const create = (product: NewProduct) =>
  products.create(product, pendingEvent(ProductCreatedSchema, product.id), soon());
const change = (id: string, fields: Partial<StockChange>, owner: string | null = null) => {
  const change = {
    id,
    changeId: newId(),
    type: "add",
    number: 1,
    reason: "test",
    actor: nobody,
    most,
    ...fields,
  } as const;
  const events = { changed: pendingEvent(StockChangedSchema, id), depleted: pendingEvent(StockDepletedSchema, id) };
  return products.changeStock(change, owner, now, events, soon());
};
const update = (id: string, changes: Parameters<typeof products.update>[2], owner: string | null = null) =>
  products.update(id, owner, changes, now, pendingEvent(ProductChangedSchema, id), soon());
const events = (id: string) =>
  query<{ topic: string; data: Record<string, unknown> }>("select topic, data from outbox where key = $1 order by id", [
    id,
  ]);
const partner = async (active = true) => {
  const id = newId();
  await query("insert into partners (account_id, name, active, version) values ($1, 'Shop', $2, 1)", [id, active]);
  return id;
};

t.test("a new product is returned as it is stored, and published with its whole state", async (t) => {
  const product = fresh();
  const stored = { ...product, version: 1, createdAt: "2026-03-01T12:00:00.123Z" };
  t.same(await create(product), stored);
  t.same(await products.byIds([product.id], soon()), [stored]);
  const { partnerId: _, ...state } = stored;
  t.same(await events(product.id), [
    { topic: "catalog.product-created.v1", data: { product: { ...state, price: "1290", deleted: false } } },
  ]);
});

t.test("any text is stored unchanged, whatever it would mean in SQL or JSON", async (t) => {
  const texts = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0"));
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.dictionary(texts, texts, { maxKeys: 4, noNullPrototype: true }),
      async (name, attributes) => {
        const created = await create(fresh({ name, attributes, description: `'; drop table products; --${name}` }));
        t.same(created?.name, name);
        t.same(created?.attributes, attributes);
      },
    ),
    { numRuns: 50 },
  );
});

t.test("the largest price stays exact", async (t) => {
  const price = 1_000_000_000_000;
  const product = fresh({ price });
  t.equal((await create(product))?.price, price);
  t.match((await events(product.id))[0]?.data, { product: { price: String(price) } });
});

t.test("only an active partner can own a product", async (t) => {
  const [known, gone] = [await partner(), await partner(false)];
  t.equal((await create(fresh({ partnerId: known })))?.partnerId, known);
  for (const partnerId of [gone, newId()]) {
    const product = fresh({ partnerId });
    t.equal(await create(product), undefined);
    t.same(await products.byIds([product.id], soon()), []);
    t.same(await events(product.id), []);
  }
});

t.test("an existing id returns its product, and changes nothing", async (t) => {
  const product = fresh();
  const first = await create(product);
  t.same(await create({ ...product, name: "Another" }), first);
  t.same(await products.byIds([product.id], soon()), [first]);
  t.equal((await events(product.id)).length, 1);
  await update(product.id, { deleted: true });
  await t.rejects(create(product), { code: "PRODUCT_NOT_FOUND" });
});

t.test("concurrent creations of one product create it once, and all return it", async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const product = fresh();
    const answers = await Promise.all(Array.from({ length: 12 }, () => create(product)));
    t.same(new Set(answers.map((one) => one?.id)), new Set([product.id]));
    t.equal((await events(product.id)).length, 1);
  }
});

t.test("a repeated change of stock counts once, and returns the stock of the first time", async (t) => {
  const product = fresh({ stock: 7 });
  await create(product);
  const changeId = newId();
  const once = () => change(product.id, { changeId, type: "subtract", number: 5 });
  t.match(await once(), { stock: 2 });
  await change(product.id, { number: 10 });
  const before = await events(product.id);
  written.kicks = 0;
  t.match(await once(), { stock: 2 });
  t.same(await events(product.id), before);
  t.equal(written.kicks, 0, "no event waits to be published");
  t.match(await products.byIds([product.id], soon()), [{ stock: 12, version: 3 }]);
  const other = newId();
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => change(product.id, { changeId: other, type: "subtract", number: 12 })),
  );
  t.same(new Set(answers.map(({ stock }) => stock)), new Set([0]));
  t.match(await products.byIds([product.id], soon()), [{ stock: 0, version: 4 }]);
});

t.test("a change's id belongs to its product, and reveals nothing to others", async (t) => {
  const [mine, other] = [fresh({ partnerId: await partner() }), fresh()];
  await create(mine);
  await create(other);
  const changeId = newId();
  await change(mine.id, { changeId });
  await t.rejects(change(other.id, { changeId }), { code: "BAD_INPUT" });
  t.match(await products.byIds([other.id], soon()), [{ stock: 7, version: 1 }]);
  t.match(await change(mine.id, { changeId }, nobody), { stock: null, allowed: false });
});

t.test("a hundred of the largest products fit into one response", async (t) => {
  await query(
    `insert into products (id, name, description, price, currency, category, attributes, image_url, on_hand, created_at,
       updated_at)
     select ('ffffffff-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, repeat('<', 200), repeat('<', 5000), 1, 'EUR',
       repeat('<', 60), jsonb_build_object('a', repeat('<', 8000)), repeat('x', 8192), 1, now(), now()
     from generate_series(1, 100) n`,
  );
  const page = await products.newest(100, undefined, soon());
  t.equal(page.length, 100);
  t.ok(page.every(({ id }) => id.startsWith("ffffffff")));
  const ids = page.map(({ id }) => id);
  t.same(
    (await products.byIds(ids, soon())).map(({ id }) => id),
    ids,
  );
  await query("delete from products where id = any ($1)", [ids]);
});

t.test("products are returned in the requested order, without unknown or deleted ones", async (t) => {
  const [one, two, gone] = [fresh(), fresh(), fresh()];
  for (const product of [one, two, gone]) await create(product);
  await update(gone.id, { deleted: true });
  const found = await products.byIds([two.id, newId(), gone.id, one.id, two.id], soon());
  t.same(
    found.map(({ id }) => id),
    [two.id, one.id, two.id],
  );
  t.same(await products.byIds([], soon()), []);
});

t.test("an update changes only the fields that are set", async (t) => {
  const product = fresh();
  await create(product);
  const { product: changed } = await update(product.id, { price: 990 });
  t.same(changed, { ...product, createdAt: now.toISOString(), price: 990, version: 2 });
  const all = {
    name: "N",
    description: "",
    currency: "USD",
    category: "c",
    attributes: {},
    imageUrl: "https://a.test/",
  };
  t.match((await update(product.id, all)).product, { ...all, price: 990, version: 3 });
  t.same((await update(product.id, { attributes: { a: "b" } })).product?.attributes, { a: "b" }, "replaced as a whole");
  t.same(
    (await events(product.id)).map(({ topic }) => topic),
    ["catalog.product-created.v1", ...Array(3).fill("catalog.product-changed.v1")],
  );
});

t.test("an owner changes its own products and no others", async (t) => {
  const [mine, other] = [await partner(), await partner()];
  const product = fresh({ partnerId: mine });
  await create(product);
  for (const owner of [other, nobody]) {
    t.same(await update(product.id, { name: "Mine now" }, owner), { product: null, known: true });
    t.equal((await events(product.id)).length, 1);
    t.match(await change(product.id, {}, owner), { stock: null, allowed: false, known: true });
  }
  t.match((await update(product.id, { name: "Still mine" }, mine)).product, { name: "Still mine" });
  t.match(await change(product.id, { number: 2 }, mine), { stock: 9, allowed: true, known: true });
});

t.test("a deleted product can neither be read nor changed, and its deletion is published once", async (t) => {
  const product = fresh();
  await create(product);
  t.ok((await update(product.id, { deleted: true })).product);
  t.match((await events(product.id)).at(-1)?.data, { product: { deleted: true } });
  t.match(await update(product.id, { deleted: true }), { product: null, known: false });
  t.match(await update(product.id, { name: "Back" }), { product: null, known: false });
  t.match(await change(product.id, {}), { stock: null, known: false });
  t.match(await update(newId(), { name: "Never was" }), { product: null, known: false });
  t.equal((await events(product.id)).length, 2);
});

t.test("parallel changes all count: no version is lost", async (t) => {
  const product = fresh();
  await create(product);
  await Promise.all(Array.from({ length: 24 }, (_, at) => update(product.id, { price: at })));
  const [after] = await products.byIds([product.id], soon());
  t.equal(after?.version, 25);
});

t.test("pages are newest first, without gaps, repetitions or deleted products", async (t) => {
  const ids: string[] = [];
  for (let at = 0; at < 7; at += 1) {
    const product = fresh();
    await create(product);
    ids.unshift(product.id);
  }
  await update(ids[3] ?? "", { deleted: true });
  const expected = ids.filter((_, at) => at !== 3);
  const seen: string[] = [];
  for (let after: string | undefined; seen.length < expected.length; after = seen.at(-1)) {
    const page = await products.newest(2, after, soon());
    t.ok(page.length > 0 && page.length <= 2);
    seen.push(...page.map(({ id }) => id));
  }
  t.same(seen, expected);
  t.same(await products.newest(5, "00000000-0000-7000-8000-000000000000", soon()), [], "nothing is older than all");
});

t.test("stock is added, subtracted and set, with its history", async (t) => {
  const product = fresh({ stock: 7 });
  await create(product);
  t.match(await change(product.id, { type: "add", number: 5, reason: "delivery" }), { stock: 12 });
  t.match(await change(product.id, { type: "subtract", number: 2 }), { stock: 10 });
  t.match(await change(product.id, { type: "set", number: 4 }), { stock: 4 });
  t.match(await change(product.id, { type: "subtract", number: 4 }), { stock: 0 });
  const noted = await query(
    "select type, number, reason, actor, stock from inventory_changes where product_id = $1 order by id",
    [product.id],
  );
  t.same(noted, [
    { type: "add", number: 5, reason: "delivery", actor: nobody, stock: 12 },
    { type: "subtract", number: 2, reason: "test", actor: nobody, stock: 10 },
    { type: "set", number: 4, reason: "test", actor: nobody, stock: 4 },
    { type: "subtract", number: 4, reason: "test", actor: nobody, stock: 0 },
  ]);
  const said = await events(product.id);
  t.match(
    said.slice(1, 5).map(({ data }) => data),
    [
      { stock: 12, version: 2, cause: "add", reason: "delivery" },
      { stock: 10, version: 3, cause: "subtract" },
      { stock: 4, version: 4, cause: "set" },
      { stock: 0, version: 5, cause: "subtract" },
    ],
  );
  t.match(said[5], { topic: "catalog.stock-depleted.v1", data: { productId: product.id, version: 5 } });
  t.match(await change(product.id, { type: "set", number: 0 }), { stock: 0 }, "empty already");
  t.equal((await events(product.id)).filter(({ topic }) => topic === topicOf(StockDepletedSchema)).length, 1);
});

t.test("stock never falls below zero or the reserved quantity, and never exceeds the limit", async (t) => {
  const product = fresh({ stock: 10 });
  await create(product);
  await query("update products set reserved = 4 where id = $1", [product.id]);
  const refused = { stock: null, available: 6, allowed: true, known: true };
  t.same(await change(product.id, { type: "subtract", number: 7 }), refused);
  t.same(await change(product.id, { type: "add", number: most - 9 }), refused);
  t.same(await change(product.id, { type: "set", number: most - 3 }), refused);
  t.equal((await events(product.id)).length, 1, "a refusal writes no event");
  t.match(await change(product.id, { type: "subtract", number: 6 }), { stock: 0 });
  t.match(await change(product.id, { type: "set", number: 3 }), { stock: 3 });
  t.same(await query("select on_hand, reserved from products where id = $1", [product.id]), [
    { on_hand: 7, reserved: 4 },
  ]);
});

t.test("of 40 parallel reservations for 25 units exactly 25 succeed", async (t) => {
  const product = fresh({ stock: 25 });
  await create(product);
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => change(product.id, { type: "subtract", number: 1 })),
  );
  t.equal(answers.filter(({ stock }) => stock !== null).length, 25);
  t.same(
    new Set(answers.flatMap(({ stock }) => stock ?? [])),
    new Set(Array.from({ length: 25 }, (_, units) => units)),
    "each saw a stock of its own",
  );
  t.equal((await events(product.id)).filter(({ topic }) => topic === topicOf(StockDepletedSchema)).length, 1);
});

t.test("a change of an unknown product changes nothing", async (t) => {
  const id = newId();
  t.same(await change(id, {}), { stock: null, available: null, allowed: false, known: false });
  t.same(await events(id), []);
});
