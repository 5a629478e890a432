import type { Role } from "@sidecart/platform/rpc";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import t from "tap";
import type { ApiOrder } from "../order-resolvers.ts";
import { createOrderCache } from "./orders.ts";

const order = (id: string, userId: string) =>
  ({ id, userId, version: 1, orderProducts: [] as ApiOrder["orderProducts"] }) as ApiOrder;

/** Orders of two accounts; a token is `account` or `account:role`, and what is asked of the service is noted. */
function world({ keysAway = false } = {}) {
  const orders = new Map([
    ["1", order("1", "ann")],
    ["2", order("2", "bob")],
    ["3", order("3", "ann")],
  ]);
  const asked: string[] = [];
  const owns = (token: string, { userId }: { userId: string }) => token === userId || token.endsWith(":admin");
  const cache = createOrderCache({
    reads: {
      product: () => null,
      products: () => [],
      async order(id, { authorization = "" }) {
        asked.push(`${authorization} ${id}`);
        const found = orders.get(id);
        return found && owns(authorization, found) ? found : null;
      },
      async orders(_page, { authorization = "" }) {
        asked.push(authorization);
        const [account] = authorization.split(":");
        return [...orders.values()].filter(({ userId }) => userId === account);
      },
    },
    verifier: {
      async caller({ authorization }) {
        if (keysAway) throw new Error("nobody has the keys");
        if (!authorization) throw new AppError(commonErrors.unauthenticated);
        const [accountId = "", role = "customer"] = authorization.split(":");
        return { accountId, roles: [role as Role], sessionId: "" };
      },
      require: () => Promise.reject(new Error("not asked")),
    },
    maxAgeMs: 60_000,
    timeoutMs: 5_000,
  });
  const as = (authorization?: string) => ({ deadline: 0, signal: new AbortController().signal, authorization });
  return { cache, asked, orders, as };
}
const page = { first: 20 };

t.test("an order is asked for once, and shown to its account and to admins alone", async (t) => {
  const { cache, asked, as } = world();
  t.match(await cache.order("1", as("ann")), { id: "1" });
  t.match(await cache.order("1", as("ann")), { id: "1" });
  t.equal(await cache.order("1", as("bob")), null);
  t.match(await cache.order("1", as("eve:admin")), { id: "1" });
  t.same(asked, ["ann 1"]);
  await t.rejects(cache.order("1", as()), { code: "UNAUTHENTICATED" });
});

t.test("that somebody may not see an order does not hide it from who may", async (t) => {
  const { cache, as } = world();
  t.equal(await cache.order("1", as("bob")), null);
  t.match(await cache.order("1", as("ann")), { id: "1" });
});

t.test("two who ask at once get their own answers", async (t) => {
  const { cache, as } = world();
  const answers = await Promise.all([cache.order("1", as("bob")), cache.order("1", as("ann"))]);
  t.match(answers, [null, { id: "1" }]);
});

t.test("a list is its account's, until one of its orders changes", async (t) => {
  const { cache, asked, orders, as } = world();
  const idsOf = async (account: string) => (await cache.orders(page, as(account))).map(({ id }) => id);
  t.same([await idsOf("ann"), await idsOf("bob"), await idsOf("ann")], [["1", "3"], ["2"], ["1", "3"]]);
  t.same(asked, ["ann", "bob"]);
  orders.set("4", order("4", "ann"));
  cache.change({ id: "4", owner: "ann", version: 1 });
  t.same([await idsOf("ann"), await idsOf("bob")], [["1", "3", "4"], ["2"]]);
  t.same(asked, ["ann", "bob", "ann"]);
});

t.test("a change that is known already is heard without effect on the order", async (t) => {
  const { cache, asked, as } = world();
  await cache.order("1", as("ann"));
  cache.change({ id: "1", owner: "ann", version: 1 });
  await cache.order("1", as("ann"));
  t.same(asked, ["ann 1"]);
  cache.change({ id: "1", owner: "ann", version: 2 });
  await cache.order("1", as("ann"));
  t.same(asked, ["ann 1", "ann 1"]);
});

t.test("where tokens cannot be verified here, the service is asked each time", async (t) => {
  const { cache, asked, as } = world({ keysAway: true });
  for (const _ of [1, 2]) t.match(await cache.order("1", as("ann")), { id: "1" });
  for (const _ of [1, 2]) t.equal((await cache.orders(page, as("ann"))).length, 2);
  t.same(asked, ["ann 1", "ann 1", "ann", "ann"]);
});
