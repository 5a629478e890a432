import { newId } from "@sidecart/platform/ids";
import type { Caller } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { attributes, createProduct, imageUrl } from "./create-product.ts";
import type { Deps } from "./deps.ts";
import type { NewProduct } from "./product-store.ts";

const request = {
  name: "Tea",
  description: "",
  price: 1n,
  currency: "EUR",
  stock: 1,
  category: "tea",
  attributes: {},
  partnerId: "",
  imageUrl: "",
  commandId: "",
};

/** Creates products as `caller`, in a store where ids may be taken by products of `owner`. */
function shop(caller: Pick<Caller, "accountId" | "roles">, owner?: string | null) {
  const created: NewProduct[] = [];
  const products = {
    async create(product: NewProduct) {
      created.push(product);
      return owner === undefined ? product : { ...product, partnerId: owner };
    },
  };
  const verifier = { requirePresent: async () => caller };
  const clock = { now: () => new Date() };
  const deps = { products, verifier, clock, kickIndexer() {} } as unknown as Deps;
  return { created, create: (fields: object) => createProduct(deps, { ...request, ...fields }, background(1_000)) };
}

t.test("the command's id is the product's id; without one a new id is generated", async (t) => {
  const { created, create } = shop({ accountId: newId(), roles: ["admin"] });
  const commandId = newId();
  t.equal((await create({ commandId: commandId.toUpperCase() })).id, commandId);
  await create({});
  await create({});
  t.equal(new Set(created.map(({ id }) => id)).size, 3);
  await t.rejects(create({ commandId: "mine" }), { code: "BAD_INPUT" });
});

t.test("a repeated command reveals nothing to a partner about products of others", async (t) => {
  const accountId = newId();
  const commandId = newId();
  for (const owner of [newId(), null]) {
    await t.rejects(shop({ accountId, roles: ["partner"] }, owner).create({ commandId }), { code: "FORBIDDEN" });
    t.equal((await shop({ accountId, roles: ["admin"] }, owner).create({ commandId })).partnerId, owner);
  }
  t.equal((await shop({ accountId, roles: ["partner"] }, accountId).create({ commandId })).partnerId, accountId);
});

t.test("attributes are counted before any is validated, and limited in total size", async (t) => {
  const entries = (count: number, value: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`key ${at}`, value]));
  t.ok(attributes.safeParse(entries(30, "x".repeat(200))).success);
  const many = attributes.safeParse(entries(31, ""));
  t.same(
    many.error?.issues.map(({ message }) => message),
    ["has more than 30 entries"],
  );
  t.equal(attributes.safeParse(entries(30, "")).error?.issues.length, 30);
  t.ok(attributes.safeParse(entries(30, "豆".repeat(80))).success);
  t.notOk(attributes.safeParse(entries(30, "豆".repeat(100))).success);
});

t.test("no attribute is lost: keys that would become one, or that a parser drops, are refused", (t) => {
  const refused = [
    [" color", "color"],
    ["Color", "color"],
    ["caf\u00e9", "cafe\u0301"],
    ["\u212bngstr\u00f6m", "\u00e5ngstro\u0308m"],
    ["a", "b", "a\u00a0"],
    ["__proto__"],
  ];
  for (const keys of refused) {
    const entries = Object.fromEntries(keys.map((key, at) => [key, `${at}`]));
    t.equal(Object.keys(entries).length, keys.length);
    t.notOk(attributes.safeParse(entries).success, JSON.stringify(keys));
  }
  for (const keys of [
    ["color", "colour"],
    ["constructor", "toString"],
    ["e", "\u00e9"],
  ]) {
    const entries = Object.fromEntries(keys.map((key, at) => [key, `${at}`]));
    t.same(attributes.parse(entries), entries, JSON.stringify(keys));
  }
  t.same(attributes.parse({ " cafe\u0301 ": "cre\u0300me" }), { "caf\u00e9": "cr\u00e8me" }, "stored in NFC");
  t.end();
});

t.test("a picture's address is an absolute URL with a host and without a log-in", (t) => {
  for (const bad of [
    "https:x",
    "https:/x",
    "https:///x",
    "https:\\\\x",
    "https://",
    "https://?a",
    "https://a:b@x.test/",
    "http://x.test/",
  ])
    t.notOk(imageUrl.safeParse(bad).success, bad);
  for (const good of [
    "",
    "https://x.test",
    "https://x.test:8443/a%20b.png?c=d@e#f",
    "HTTPS://x.test/a",
    "https://[::1]/a",
  ])
    t.equal(imageUrl.safeParse(good).success, true, good);
  t.end();
});
