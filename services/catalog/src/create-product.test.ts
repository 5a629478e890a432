import { newId } from "@sidecart/platform/ids";
import type { Caller } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { attributes, createProduct } from "./create-product.ts";
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
  const verifier = { caller: async () => caller };
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
