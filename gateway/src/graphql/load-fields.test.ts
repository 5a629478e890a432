import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, badFields, commonErrors, toFailure } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import Fastify from "fastify";
import t, { type Test } from "tap";
import { readsOver } from "../../tests/support/gateway.ts";
import { registerGraphql } from "./graphql.ts";
import type { Services } from "./services.ts";

type Call = { method: string; request: Record<string, unknown>; context: CallContext };
type Asked = { ids: string[]; orders: { id: string }[]; first: number };
type Method = (request: Asked) => object;

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
/** What a product's id looks like: others are refused before a service is asked. */
const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
const [p1, p2, p3] = [idOf(1), idOf(2), idOf(3)];
const product = (id: string) => ({ id, name: `product ${id}`, price: 1n, partnerId: "", imageUrl: "" });

/** The gateway's GraphQL over services that answer from a table; every call to them is noted. */
async function api(t: Test, methods: Record<string, Method>) {
  const calls: Call[] = [];
  const service = new Proxy(
    {},
    {
      get: (_, method: string) => async (request: Asked, context: CallContext) => {
        calls.push({ method, request, context });
        const answer = methods[method];
        if (!answer) throw new Error(`${method} was called`);
        return answer(request);
      },
    },
  );
  const app = Fastify();
  const services = { accounts: service, catalog: service, orders: service } as unknown as Services;
  const log = createLogger("test", "silent");
  await registerGraphql(app, { services, ...readsOver(services), timeoutMs: 5_000, countLogin: async () => {}, log });
  t.teardown(() => app.close());
  const ask = async (query: string, variables = {}) => {
    const payload = { query, variables };
    const response = await app.inject({
      method: "POST",
      url: "/graphql",
      payload,
      headers: { authorization: "Bearer me" },
    });
    return { status: response.statusCode, ...response.json<{ data: never; errors?: { extensions: object }[] }>() };
  };
  const asked = (method: string) => calls.filter((call) => call.method === method).map(({ request }) => request);
  return { ask, asked, calls };
}

t.test("the products of a page of orders are asked for at once, each once", async (t) => {
  const orders = [order("o1", "a", p1, p2), order("o2", "a", p2, p3), order("o3", "a", p1)];
  const { ask, asked } = await api(t, {
    listOrders: () => ({ orders }),
    getProducts: ({ ids }) => ({
      products: ids
        .filter((id) => id !== p3)
        .map(product)
        .reverse(),
    }),
  });
  const { data } = await ask("{ orders { id orderProducts { productId product { id name } } } }");
  t.same(asked("getProducts"), [{ ids: [p1, p2, p3] }]);
  const [one, two] = [product(p1), product(p2)].map(({ id, name }) => ({ id, name }));
  t.same(data, {
    orders: [
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
  });
});

t.test("more ids than a service takes go in several calls, each id once", async (t) => {
  const ids = Array.from({ length: 250 }, (_, at) => idOf(at));
  const { ask, asked } = await api(t, {
    listOrders: () => ({ orders: [order("o1", "a", ...ids), order("o2", "a", ...ids)] }),
    getProducts: ({ ids }) => ({ products: ids.map(product) }),
  });
  const { data } = await ask("{ orders { orderProducts { product { id } } } }");
  t.same(asked("getProducts"), [{ ids: ids.slice(0, 100) }, { ids: ids.slice(100, 200) }, { ids: ids.slice(200) }]);
  const expected = { orderProducts: ids.map((id) => ({ product: { id } })) };
  t.same(data, { orders: [expected, expected] });
});

t.test("the people of a page of orders are asked for at once; who may not be seen is null", async (t) => {
  const { ask, asked } = await api(t, {
    listOrders: () => ({ orders: [order("o1", "a"), order("o2", "b"), order("o3", "a")] }),
    getAccounts: () => ({ accounts: [{ id: "a", username: "Ann" }] }),
  });
  const { data } = await ask("{ orders(all: true) { user { username } } }");
  t.same(asked("getAccounts"), [{ ids: ["a", "b"] }]);
  t.same(data, { orders: [{ user: { username: "Ann" } }, { user: null }, { user: { username: "Ann" } }] });
});

t.test("histories are asked for at once", async (t) => {
  const transition = { from: "", to: "pending_payment", actor: "a", reason: "placed", at: "2026-03-01T12:00:00.000Z" };
  const { ask, asked } = await api(t, {
    listOrders: () => ({ orders: [order("o1", "a"), order("o2", "a")] }),
    getHistories: () => ({ histories: [{ orderId: "o2", transitions: [transition] }] }),
  });
  const { data } = await ask("{ orders { history { from to } } }");
  t.same(asked("getHistories"), [{ orderIds: ["o1", "o2"] }]);
  t.same(data, { orders: [{ history: [] }, { history: [{ from: null, to: "pending_payment" }] }] });
});

t.test("what is not asked for is not fetched", async (t) => {
  const { ask, calls } = await api(t, { listOrders: () => ({ orders: [order("o1", "a", p1)] }) });
  await ask("{ orders { id userId orderProducts { productId } } }");
  t.same(
    calls.map(({ method }) => method),
    ["listOrders"],
  );
});

t.test("fields that a service refuses have the names of the API", async (t) => {
  const bad = badFields([{ field: "lines.0.productId", problem: "Invalid UUID" }]);
  const { ask } = await api(t, {
    placeOrders: () => ({ outcomes: [{ result: { case: "failure", value: toFailure(bad) } }] }),
  });
  const placing = 'mutation { placeOrder(input: { orderProducts: [{ productId: "p", quantity: 1 }] }) { id } }';
  t.match((await ask(placing)).errors, [{ message: "orderProducts.0.productId: Invalid UUID" }]);
});

t.test("what is no id is refused alone: those who ask in the same moment are answered by one call", async (t) => {
  const { ask, asked } = await api(t, {
    getProducts: ({ ids }) => ({ products: ids.map(product) }),
    getAccounts: ({ ids }) => ({ accounts: ids.map((id) => ({ id })) }),
    getOrdersOf: ({ orders }) => ({
      outcomes: orders.map(({ id }) => ({ result: { case: "order", value: order(id, "a") } })),
    }),
  });
  for (const [one, method] of [
    ["product", "getProducts"],
    ["user", "getAccounts"],
    ["order", "getOrdersOf"],
  ] as const) {
    const { data, errors } = await ask(
      `{ a: ${one}(id: "${p1}") { id } b: ${one}(id: "p") { id } c: ${one}(id: "${p2}") { id } }`,
    );
    t.same(data, { a: { id: p1 }, b: null, c: { id: p2 } }, one);
    t.match(errors, [{ message: "id: Invalid UUID", path: ["b"], extensions: { code: "BAD_INPUT" } }]);
    t.equal(asked(method).length, 1, method);
  }
});

t.test("a service that is away takes its own fields with it, and says so by code", async (t) => {
  const { ask } = await api(t, {
    listOrders: () => ({ orders: [order("o1", "a", p1, p2)] }),
    getProducts: () => {
      throw new AppError(commonErrors.unavailable);
    },
  });
  const { status, data, errors } = await ask("{ orders { id orderProducts { productId product { name } } } }");
  t.equal(status, 200);
  const lines = [p1, p2].map((productId) => ({ productId, product: null }));
  t.same(data, { orders: [{ id: "o1", orderProducts: lines }] });
  t.same(new Set(errors?.map(({ extensions }) => JSON.stringify(extensions))), new Set(['{"code":"UNAVAILABLE"}']));
});

t.test("every call carries the token and one deadline, and all of it is in the order of the pages", async (t) => {
  const page = (from: number, count: number) => Array.from({ length: count }, (_, at) => order(`o${from + at}`, "a"));
  let given = 0;
  const { ask, asked, calls } = await api(t, {
    listOrders: ({ first }) => {
      const orders = page(given, Math.min(first, 230 - given));
      given += orders.length;
      return { orders };
    },
  });
  const { data } = await ask("{ orders(first: 500) { id priceTotal } }");
  t.same(asked("listOrders"), [
    { first: 100, after: "", all: false },
    { first: 100, after: "o99", all: false },
    { first: 100, after: "o199", all: false },
  ]);
  t.same(data, { orders: page(0, 230).map(({ id }) => ({ id, priceTotal: 2 ** 40 })) });
  t.same(new Set(calls.map(({ context }) => context.authorization)), new Set(["Bearer me"]));
  t.equal(new Set(calls.map(({ context }) => context.deadline)).size, 1);
});
