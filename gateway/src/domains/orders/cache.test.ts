import type { CallContext } from "@sidecart/platform/rpc";
import { verifierFrom } from "@sidecart/platform/rpc";
import { decodeJwt } from "jose";
import t, { type Test } from "tap";
import { eventually } from "../../../../tests/support/eventually.ts";
import { startApi } from "../../../../tests/support/gateway.ts";
import { readLate } from "../../../../tests/support/read-late.ts";
import { foreignKey, goodClaims, sign } from "../../../../tests/support/tokens.ts";

const uuid = (kind: number, place: number) => `019a0000-0000-7000-8000-${kind}0000000000${place}`;
const [ann, bob, eve] = [uuid(1, 1), uuid(1, 2), uuid(1, 3)];
const [first, second, third, fourth] = [uuid(2, 1), uuid(2, 2), uuid(2, 3), uuid(2, 4)];
const key = await foreignKey();
const tokens = {
  ann: await sign(key, goodClaims(ann, ["customer"])),
  annAsCourier: await sign(key, goodClaims(ann, ["customer", "deliverer"])),
  bob: await sign(key, goodClaims(bob, ["customer"])),
  eve: await sign(key, goodClaims(eve, ["admin"])),
  nobody: "",
};
type Person = keyof typeof tokens;

type Outcomes = { orders: { id: string; authorization: string }[] };
type World = { keysAway?: boolean; cacheMs?: number };

/** The API over the orders of two accounts. `asked` lists the calls to the service as `caller id` or `caller`. */
async function startOrders(t: Test, { keysAway = false, cacheMs = 60_000 }: World = {}) {
  const orders = new Map(
    [first, second, third].map((id, place) => [id, { id, accountId: [ann, bob][place % 2], version: 1 }]),
  );
  const asked: string[] = [];
  const personOf = (authorization = "") =>
    Object.keys(tokens).find((name) => `Bearer ${tokens[name as Person]}` === authorization) ?? "nobody";
  /** Access rules as strict as any service may have: couriers and admins see other orders than customers. */
  const seenBy = (authorization: string, { accountId }: { accountId: string | undefined }) => {
    const { sub, roles } = decodeJwt<{ roles: string[] }>(authorization.slice("Bearer ".length));
    return roles.includes("admin") || (sub === accountId && !roles.includes("deliverer"));
  };
  const jwks = JSON.stringify({ keys: [{ ...key.publicJwk, kid: key.kid, alg: "ES256" }] });
  const verifier = verifierFrom(async () => {
    if (keysAway) throw new Error("the keys are not reachable");
    return jwks;
  });
  const api = await startApi(
    t,
    {
      "orders.getOrdersOf": ({ orders: wanted }: Outcomes) => ({
        outcomes: wanted.map(({ id, authorization }) => {
          asked.push(`${personOf(authorization)} ${id}`);
          const found = orders.get(id);
          return found && seenBy(authorization, found) ? { result: { case: "order", value: found } } : {};
        }),
      }),
      "orders.listOrders": (_: object, { authorization = "" }: CallContext) => {
        asked.push(personOf(authorization));
        const { sub } = decodeJwt(authorization.slice("Bearer ".length));
        return { orders: [...orders.values()].filter(({ accountId }) => accountId === sub) };
      },
    },
    { cacheMs, verifier },
  );
  const by = (person: Person) => ({
    headers: { authorization: person === "nobody" ? "" : `Bearer ${tokens[person]}` },
  });
  const read = (person: Person, id: string) => api.ask("query($id: ID!) { order(id: $id) { id } }", { id }, by(person));
  const order = async (person: Person, id: string) =>
    ((await read(person, id)).data as { order: { id: string } | null }).order?.id ?? null;
  const list = async (person: Person) => {
    const { data } = await api.ask("{ orders(first: 20) { nodes { id } } }", {}, by(person));
    return (data as { orders: { nodes: { id: string }[] } }).orders.nodes.map(({ id }) => id);
  };
  const change = (id: string, owner: string, version: number) =>
    api.invalidate("orders", { id, owner, version, inPlace: false });
  return { order, list, read, change, asked, orders };
}

t.test("the service is called once for each viewer, and decides for each", async (t) => {
  const { order, read, asked } = await startOrders(t);
  for (const _ of [1, 2]) t.equal(await order("ann", first), first);
  t.equal(await order("ann", first.toUpperCase()), first, "also when the id is in upper case");
  for (const _ of [1, 2]) t.equal(await order("bob", first), null);
  for (const _ of [1, 2]) t.equal(await order("eve", first), first);
  t.equal(await order("ann", first), first);
  t.same(asked, [`ann ${first}`, `bob ${first}`, `bob ${first}`, `eve ${first}`]);
  t.same((await read("nobody", first)).codes, ["UNAUTHENTICATED"]);
});

t.test("a token with other roles of the same account is another viewer", async (t) => {
  const { order, list, asked } = await startOrders(t);
  t.equal(await order("ann", first), first);
  t.equal(
    await order("annAsCourier", first),
    null,
    "the service refuses the order that it showed to the same account with other roles",
  );
  t.same(await list("ann"), [first, third]);
  await list("annAsCourier");
  t.same(asked, [`ann ${first}`, `annAsCourier ${first}`, "ann", "annAsCourier"]);
});

t.test("an order that one viewer may not see stays visible to others", async (t) => {
  const { order } = await startOrders(t);
  t.equal(await order("bob", first), null);
  t.equal(await order("ann", first), first);
});

t.test("concurrent viewers get their own results", async (t) => {
  const { order } = await startOrders(t);
  t.same(await Promise.all([order("bob", first), order("ann", first)]), [null, first]);
});

t.test("a list is cached for its account until one of its orders changes", async (t) => {
  const { list, order, change, asked, orders } = await startOrders(t);
  t.same([await list("ann"), await list("bob"), await list("ann")], [[first, third], [second], [first, third]]);
  t.equal(await order("ann", third), third, "an order that the list showed is visible alone too");
  t.same(asked, ["ann", "bob"]);
  orders.set(fourth, { id: fourth, accountId: ann, version: 1 });
  change(fourth, ann, 1);
  t.same([await list("ann"), await list("bob")], [[first, third, fourth], [second]]);
  t.same(asked, ["ann", "bob", "ann"]);
});

t.test(
  "a change that the cached order already contains invalidates nothing; a newer one invalidates it for every viewer",
  async (t) => {
    const { order, change, asked, orders } = await startOrders(t);
    const readAll = async () => [await order("ann", first), await order("eve", first)];
    await readAll();
    change(first, ann, 1);
    await readAll();
    t.same(asked, [`ann ${first}`, `eve ${first}`]);
    orders.set(first, { id: first, accountId: bob, version: 2 });
    change(first, ann, 2);
    t.same(await readAll(), [null, first], "the new version may belong to another account");
    t.same(asked.slice(2), [`ann ${first}`, `eve ${first}`]);
  },
);

t.test("without keys to verify tokens, the service is called each time", async (t) => {
  const { order, list, asked } = await startOrders(t, { keysAway: true });
  for (const _ of [1, 2]) t.equal(await order("ann", first), first);
  for (const _ of [1, 2]) t.equal((await list("ann")).length, 2);
  t.same(asked, [`ann ${first}`, `ann ${first}`, "ann", "ann"]);
});

t.test(
  "an order is refreshed with the token of a viewer who reads it; a viewer who may not see it refreshes nothing",
  async (t) => {
    // Long enough that a busy machine refreshes before the entry expires.
    const cacheMs = 4_000;
    const { countOf } = await readLate(cacheMs, async () => {
      const { order, asked } = await startOrders(t, { cacheMs });
      const countOf = (person: Person) => asked.filter((one) => one === `${person} ${first}`).length;
      const read = async () => {
        await order("ann", first);
        t.equal(await order("bob", first), null);
      };
      return { read, fetches: () => countOf("ann"), countOf };
    });
    const before = countOf("bob");
    await eventually("the order to be refreshed without another read", async () => countOf("ann") > 1);
    t.equal(countOf("ann"), 2);
    t.equal(countOf("bob"), before, "no refresh for a viewer who did not read it");
  },
);
