import { AppError, commonErrors } from "@sidecart/platform/rpc";
import t, { type Test } from "tap";
import { type Answers, startApi } from "../../../tests/support/gateway.ts";

type Ids = { ids: string[] };

const order = (id: string, accountId: string, ...productIds: string[]) => ({
  id,
  accountId,
  status: "paid",
  paymentStatus: "paid",
  quantity: productIds.length,
  priceTotal: 2n ** 40n,
  currency: "EUR",
  lines: productIds.map((productId) => ({ productId, quantity: 1, price: 1n, name: "A thing" })),
  version: 1,
  createdAt: "2026-03-01T12:00:00.000Z",
});
/** A valid product id: the gateway refuses invalid ones before it calls a service. */
const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
const [p1, p2, p3] = [idOf(1), idOf(2), idOf(3)];
const product = (id: string) => ({ id, name: `product ${id}`, price: 1n, partnerId: "", imageUrl: "" });

/** The API for one caller, over services that respond from a table. */
async function api(t: Test, answers: Answers) {
  const { ask, ...rest } = await startApi(t, answers);
  return { ...rest, ask: (query: string) => ask(query, {}, { headers: { authorization: "Bearer me" } }) };
}

t.test("the products of a page of orders are read in one call, each once", async (t) => {
  const orders = [order("o1", "a", p1, p2), order("o2", "a", p2, p3), order("o3", "a", p1)];
  const { ask, requests } = await api(t, {
    "orders.listOrders": () => ({ orders }),
    "catalog.getProducts": ({ ids }: Ids) => ({
      products: ids
        .filter((id) => id !== p3)
        .map(product)
        .reverse(),
    }),
  });
  const { data } = await ask("{ orders { nodes { id orderProducts { productId product { id name } } } } }");
  t.same(requests("catalog.getProducts"), [{ ids: [p1, p2, p3] }]);
  const [one, two] = [product(p1), product(p2)].map(({ id, name }) => ({ id, name }));
  t.same(data, {
    orders: {
      nodes: [
        {
          id: "o1",
          orderProducts: [
            { productId: p1, product: one },
            { productId: p2, product: two },
          ],
        },
        {
          id: "o2",
          orderProducts: [
            { productId: p2, product: two },
            { productId: p3, product: null },
          ],
        },
        { id: "o3", orderProducts: [{ productId: p1, product: one }] },
      ],
    },
  });
});

t.test("more ids than a service accepts are read in several calls, each id once", async (t) => {
  const ids = Array.from({ length: 250 }, (_, at) => idOf(at));
  const { ask, requests } = await api(t, {
    "orders.listOrders": () => ({ orders: [order("o1", "a", ...ids), order("o2", "a", ...ids)] }),
    "catalog.getProducts": ({ ids }: Ids) => ({ products: ids.map(product) }),
  });
  const { data } = await ask("{ orders { nodes { orderProducts { product { id } } } } }");
  t.same(requests("catalog.getProducts"), [
    { ids: ids.slice(0, 100) },
    { ids: ids.slice(100, 200) },
    { ids: ids.slice(200) },
  ]);
  const expected = { orderProducts: ids.map((id) => ({ product: { id } })) };
  t.same(data, { orders: { nodes: [expected, expected] } });
});

t.test("the accounts of a page of orders are read in one call; one that the caller may not see is null", async (t) => {
  const { ask, requests } = await api(t, {
    "orders.listOrders": () => ({ orders: [order("o1", "a"), order("o2", "b"), order("o3", "a")] }),
    "accounts.getAccounts": () => ({ accounts: [{ id: "a", username: "Ann" }] }),
  });
  const { data } = await ask("{ orders(all: true) { nodes { user { username } } } }");
  t.same(requests("accounts.getAccounts"), [{ ids: ["a", "b"] }]);
  t.same(data, {
    orders: { nodes: [{ user: { username: "Ann" } }, { user: null }, { user: { username: "Ann" } }] },
  });
});

t.test("histories are read in one call", async (t) => {
  const transition = { from: "", to: "pending_payment", actor: "a", reason: "placed", at: "2026-03-01T12:00:00.000Z" };
  const { ask, requests } = await api(t, {
    "orders.listOrders": () => ({ orders: [order("o1", "a"), order("o2", "a")] }),
    "orders.getHistories": () => ({ histories: [{ orderId: "o2", transitions: [transition] }] }),
  });
  const { data } = await ask("{ orders { nodes { history { from to } } } }");
  t.same(requests("orders.getHistories"), [{ orderIds: ["o1", "o2"] }]);
  t.same(data, {
    orders: { nodes: [{ history: [] }, { history: [{ from: null, to: "PENDING_PAYMENT" }] }] },
  });
});

t.test("fields that are not in the query are not fetched", async (t) => {
  const { ask, calls } = await api(t, { "orders.listOrders": () => ({ orders: [order("o1", "a", p1)] }) });
  await ask("{ orders { nodes { id userId orderProducts { productId } } } }");
  t.same(
    calls.map(({ method }) => method),
    ["orders.listOrders"],
  );
});

t.test("a text that is not an id is refused alone; the valid ids of the same moment share one call", async (t) => {
  const { ask, requests } = await api(t, {
    "catalog.getProducts": ({ ids }: Ids) => ({ products: ids.map(product) }),
    "accounts.getAccounts": ({ ids }: Ids) => ({ accounts: ids.map((id) => ({ id })) }),
    "orders.getOrdersOf": ({ orders }: { orders: { id: string }[] }) => ({
      outcomes: orders.map(({ id }) => ({ result: { case: "order", value: order(id, "a") } })),
    }),
  });
  for (const [one, method] of [
    ["product", "catalog.getProducts"],
    ["user", "accounts.getAccounts"],
    ["order", "orders.getOrdersOf"],
  ] as const) {
    const { data, errors } = await ask(
      `{ a: ${one}(id: "${p1}") { id } b: ${one}(id: "p") { id } c: ${one}(id: "${p2}") { id } }`,
    );
    t.same(data, { a: { id: p1 }, b: null, c: { id: p2 } }, one);
    t.match(errors, [{ message: "id: Invalid UUID", path: ["b"], extensions: { code: "BAD_INPUT" } }]);
    t.equal(requests(method).length, 1, method);
  }
});

t.test("when a service is down, only its fields fail, with its error code", async (t) => {
  const { ask } = await api(t, {
    "orders.listOrders": () => ({ orders: [order("o1", "a", p1, p2)] }),
    "catalog.getProducts": () => {
      throw new AppError(commonErrors.unavailable);
    },
  });
  const { status, data, errors } = await ask(
    "{ orders { nodes { id orderProducts { productId product { name } } } } }",
  );
  t.equal(status, 200);
  const lines = [p1, p2].map((productId) => ({ productId, product: null }));
  t.same(data, { orders: { nodes: [{ id: "o1", orderProducts: lines }] } });
  t.same(new Set(errors?.map(({ extensions }) => JSON.stringify(extensions))), new Set(['{"code":"UNAVAILABLE"}']));
});

t.test("every call carries the token and one deadline, and rows keep the order of the pages", async (t) => {
  const page = (from: number, count: number) => Array.from({ length: count }, (_, at) => order(`o${from + at}`, "a"));
  let given = 0;
  const { ask, requests, calls } = await api(t, {
    "orders.listOrders": ({ first }: { first: number }) => {
      const orders = page(given, Math.min(first, 230 - given));
      given += orders.length;
      return { orders, cursor: given < 230 ? (orders.at(-1)?.id ?? "") : "" };
    },
  });
  const { data } = await ask("{ orders(first: 500) { nodes { id priceTotal } } }");
  t.same(requests("orders.listOrders"), [
    { first: 100, after: "", all: false, accountId: "" },
    { first: 100, after: "o99", all: false, accountId: "" },
    { first: 100, after: "o199", all: false, accountId: "" },
  ]);
  t.same(data, { orders: { nodes: page(0, 230).map(({ id }) => ({ id, priceTotal: 2 ** 40 })) } });
  t.same(new Set(calls.map(({ context }) => context.authorization)), new Set(["Bearer me"]));
  const deadlines = calls.map(({ context }) => context.deadline);
  const [earliest, latest] = [Math.min(...deadlines), Math.max(...deadlines)];
  t.ok(latest - earliest < 1_000, `a deadline travels as the time that is left: ${latest - earliest} ms apart`);
});
