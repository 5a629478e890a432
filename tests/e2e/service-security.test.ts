import { apps } from "@sidecart/local/apps";
import { CatalogService, InventoryChange, ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import { decodeJwt } from "jose";
import t from "tap";
import { badTokens } from "../support/bad-tokens.ts";
import { as, behindSidecar, callAll, codeOf, environmentOf } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { admin, newCustomer, newPerson, newProduct, placeOrder } from "../support/people.ts";
import { amply } from "../support/quotas.ts";
import { servedBy } from "../support/served.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";
import { goodClaims, sign, systemKey } from "../support/tokens.ts";

const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const [owner, stranger] = [await newCustomer(gatewayUrl), await newCustomer(gatewayUrl)];
const product = await newProduct(shop, { stock: 100 });
const input = { orderProducts: [{ productId: product, quantity: 1 }] };
const { placeOrder: order } = await owner.get<{ placeOrder: { id: string } }>(placeOrder, { input });
const { accounts, catalog, orders, deadLetterAdmin, sidecar } = behindSidecar(t, system);
const { stockOf } = await stockOracle(t, system);

const withDatabase = apps.filter(({ database }) => database).map(({ id }) => id);
const lines = [{ productId: product, quantity: 1 }];
const aProduct = { name: "A thing", price: 1n, currency: "EUR", stock: 1, category: "other" };
/** Calls that need a token, of each service. An admin may make all of them. */
const guarded = (token?: string): Record<string, () => Promise<unknown>> => ({
  "accounts.getAccounts": () => accounts.getAccounts({ ids: [owner.id] }, as(token)),
  "accounts.listAccounts": () => accounts.listAccounts({ first: 1 }, as(token)),
  "accounts.grantRoles": () => accounts.grantRoles({ accountId: stranger.id, roles: ["customer"] }, as(token)),
  "catalog.createProduct": () => catalog.createProduct(aProduct, as(token)),
  "catalog.updateProduct": () => catalog.updateProduct({ id: product, name: "A thing" }, as(token)),
  "catalog.updateInventory": () => catalog.updateInventory({ id: product, type: 1, number: 1 }, as(token)),
  "catalog.reindex": () => catalog.reindex({}, as(token)),
  "catalog.getReservation": () => catalog.getReservation({ id: order.id }, as(token)),
  "orders.getOrders": () => orders.getOrders({ ids: [order.id] }, as(token)),
  "orders.getOrdersOf": () => orders.getOrdersOf({ orders: [{ id: order.id }] }, as(token)),
  "orders.listOrders": () => orders.listOrders({ all: true }, as(token)),
  "orders.getHistories": () => orders.getHistories({ orderIds: [order.id] }, as(token)),
  "orders.placeOrders": () => orders.placeOrders({ placements: [{ lines }] }, as(token)),
  "orders.markPaid": () => orders.markPaid({ id: order.id }, as(token)),
  ...Object.fromEntries(
    withDatabase.flatMap((service) => [
      [`${service} dead letters`, () => deadLetterAdmin(service).listDeadLetters({ first: 1 }, as(token))],
      [`${service} event states`, () => deadLetterAdmin(service).getEventStates({}, as(token))],
      [`${service} redrive`, () => deadLetterAdmin(service).redriveDeadLetters({}, as(token))],
    ]),
  ),
  // Last, because it ends the session.
  "accounts.logOutAll": () => accounts.logOutAll({}, as(token)),
});
const codesOf = async (token: string | undefined, names: readonly string[]) => {
  const found: Record<string, string> = {};
  const calls = guarded(token);
  for (const name of names) found[name] = await codeOf(calls[name]?.() ?? Promise.reject());
  return found;
};
const codes = (token?: string) => codesOf(token, Object.keys(guarded()));
/** What only an admin may do. */
const privileged = [
  ...["accounts.listAccounts", "accounts.grantRoles", "catalog.createProduct", "catalog.updateProduct"],
  ...["catalog.updateInventory", "catalog.reindex", "orders.listOrders", "orders.markPaid"],
  ...withDatabase.flatMap((service) => [`${service} dead letters`, `${service} redrive`]),
];
const allOf = (names: readonly string[], code: string) => Object.fromEntries(names.map((name) => [name, code]));
const grantRoles = "mutation($input: GrantRolesInput!) { grantRoles(input: $input) { roles } }";
/** A new admin in an open session. */
const openAdmin = async () => {
  const person = await newPerson(gatewayUrl, "admin");
  const token = person.token ?? "";
  return { token, id: person.id, claims: decodeJwt<{ sid: string; roles: string[] }>(token) };
};
const each = (code: string) => Object.fromEntries(Object.keys(guarded()).map((name) => [name, code]));

t.test("each service refuses an invalid token itself", async (t) => {
  t.same(await codes(), each("UNAUTHENTICATED"), "none");
  for (const [name, { token, code }] of await badTokens(system, owner.id)) t.same(await codes(token), each(code), name);
  const { token, id, claims } = await openAdmin();
  const key = await systemKey(system);
  t.same(
    await codes(await sign(key, { ...goodClaims(id, claims.roles), sid: claims.sid })),
    each("OK"),
    "a valid token",
  );
  t.same(await codesOf(token, privileged), allOf(privileged, "UNAUTHENTICATED"), "after the end of its session");
});

t.test("a demoted admin can do nothing more at once, whatever the token says", async (t) => {
  const { token, id } = await openAdmin();
  t.equal(await codeOf(orders.listOrders({ all: true }, as(token))), "OK");
  await shop.get(grantRoles, { input: { userId: id, roles: ["CUSTOMER"] } });
  t.same(await codesOf(token, privileged), allOf(privileged, "FORBIDDEN"));
  t.same((await accounts.getAccounts({ ids: [owner.id] }, as(token))).accounts, []);
  t.same((await orders.getOrders({ ids: [order.id] }, as(token))).orders, []);
  t.same((await orders.getHistories({ orderIds: [order.id] }, as(token))).histories, []);
  t.equal(await codeOf(orders.cancelOrder({ id: order.id }, as(token))), "ORDER_NOT_FOUND");
  t.equal(await codeOf(accounts.grantRoles({ accountId: id, roles: ["admin"] }, as(token))), "FORBIDDEN");
});

t.test("each service refuses a customer's forbidden calls itself", async (t) => {
  const token = stranger.token;
  t.match(await codes(token), {
    "accounts.listAccounts": "FORBIDDEN",
    "accounts.grantRoles": "FORBIDDEN",
    "catalog.createProduct": "FORBIDDEN",
    "catalog.updateProduct": "FORBIDDEN",
    "catalog.updateInventory": "FORBIDDEN",
    "catalog.reindex": "FORBIDDEN",
    "catalog.getReservation": "FORBIDDEN",
    "orders.listOrders": "FORBIDDEN",
    "orders.markPaid": "FORBIDDEN",
    "accounts dead letters": "FORBIDDEN",
    "orders event states": "FORBIDDEN",
    "catalog redrive": "FORBIDDEN",
    "orders dead letters": "FORBIDDEN",
  });
  t.same((await orders.getOrders({ ids: [order.id] }, as(token))).orders, []);
  t.same((await orders.getHistories({ orderIds: [order.id] }, as(token))).histories, []);
  const askers = [token, owner.token, "none", stranger.token].map((one) => ({
    id: order.id,
    authorization: `Bearer ${one}`,
  }));
  const { outcomes } = await orders.getOrdersOf({ orders: askers }, as());
  t.same(
    outcomes.map(({ result }) => result.case),
    [undefined, "order", "failure", undefined],
  );
  t.same((await accounts.getAccounts({ ids: [owner.id] }, as(token))).accounts, []);
  t.equal(await codeOf(orders.listOrders({ accountId: owner.id }, as(token))), "FORBIDDEN");
  t.equal(await codeOf(orders.cancelOrder({ id: order.id }, as(token))), "ORDER_NOT_FOUND");
});

t.test("orders itself places orders only for customers", async (t) => {
  const key = await systemKey(system);
  for (const roles of [[], ["partner"], ["deliverer"], ["admin"], ["partner", "deliverer", "admin"]]) {
    const token = await sign(key, goodClaims(stranger.id, roles));
    t.equal(await codeOf(orders.placeOrders({ placements: [{ lines }] }, as(token))), "FORBIDDEN", roles.join());
  }
  t.equal(await codeOf(orders.placeOrders({ placements: [{ lines }] }, as(stranger.token))), "OK");
});

t.test("catalog itself lets a partner change only its own products", async (t) => {
  const [one, two] = [await newPerson(gatewayUrl, "partner"), await newPerson(gatewayUrl, "partner")];
  const mine = await eventually("the partner known to the catalogue", () => newProduct(one));
  for (const id of [mine, product]) {
    t.equal(await codeOf(catalog.updateProduct({ id, price: 1n }, as(two.token))), "FORBIDDEN");
    const type = InventoryChange.DELETE;
    t.equal(await codeOf(catalog.updateInventory({ id, type }, as(two.token))), "FORBIDDEN");
    t.equal(await codeOf(catalog.updateInventory({ id, type: 1, number: 1 }, as(two.token))), "FORBIDDEN");
  }
  t.equal(await codeOf(catalog.createProduct({ ...aProduct, partnerId: one.id }, as(two.token))), "FORBIDDEN");
  t.equal(await codeOf(catalog.updateProduct({ id: mine, price: 1n }, as(one.token))), "OK");
});

t.test("only orders can reserve and release stock", async (t) => {
  const reservation = { reservationId: order.id, accountId: owner.id, lines };
  const before = await stockOf(product);
  const { DAPR_GRPC_PORT: sidecarPort, DAPR_API_TOKEN: apiToken = "" } = environmentOf(system, "gateway");
  const through = { "dapr-api-token": apiToken, "dapr-app-id": "catalog" };
  for (const claimed of [[], "orders", ["orders", "orders"]]) {
    const answers = await callAll(sidecarPort, ReservationsService, { ...through, "dapr-caller-app-id": claimed });
    t.same(answers, { reserve: "DENIED", release: "DENIED" }, `the gateway's sidecar, saying it is ${claimed}`);
  }
  const { SIDECART_APP_PORT: appPort, APP_API_TOKEN: appToken = "" } = environmentOf(system, "catalog");
  const inside = { "dapr-api-token": appToken };
  for (const caller of [[], "gateway", "accounts", ["gateway", "orders"], ["orders", "gateway"]]) {
    const answers = await callAll(appPort, ReservationsService, { ...inside, "dapr-caller-app-id": caller });
    t.same(answers, { reserve: "FORBIDDEN", release: "FORBIDDEN" }, `catalog itself, called by ${caller}`);
  }
  const own = behindSidecar(t, system, "orders").reservations;
  t.equal(
    await codeOf(own.reserve({ reservations: [reservation], quota: amply }, as())),
    "OK",
    "at orders' own sidecar",
  );
  t.same(await stockOf(product), {
    ...before,
    reserved: before.reserved + 1,
    promised: before.promised + 1,
    reservations: before.reservations + 1,
  });
});

t.test("a service accepts calls only from its own sidecar", async (t) => {
  const { DAPR_API_TOKEN: apiToken = "" } = environmentOf(system, "gateway");
  for (const [app, services] of await servedBy()) {
    t.ok(app === "gateway" || services.length > 1, `${app} serves something of its own`);
    const { SIDECART_APP_PORT: port, APP_API_TOKEN: own = "" } = environmentOf(system, app);
    const shown = {
      none: {},
      "another's": { "dapr-api-token": apiToken },
      "one byte off": { "dapr-api-token": `${own}x` },
    };
    for (const service of services) {
      for (const [what, headers] of Object.entries(shown)) {
        const { listTopicSubscriptions, listInputBindings, ...rest } = await callAll(port, service, {
          ...headers,
          "dapr-caller-app-id": "orders",
          authorization: `Bearer ${shop.token}`,
        });
        t.same(
          new Set(Object.values(rest)),
          new Set(["UNAUTHENTICATED"]),
          `${app} ${service.typeName}, token: ${what}`,
        );
      }
    }
  }
});

t.test("through the gateway's sidecar one can neither reach a database nor publish", async (t) => {
  const sql = { sql: "select 1::text", params: "[]" };
  for (const app of withDatabase) {
    const call = sidecar.invokeBinding(`${app}-db`, "query", sql, new Uint8Array(), as());
    const refusal = await call.catch((error: Error) => error.message);
    t.match(refusal, /couldn't find output binding/, `${app}-db`);
  }
  const message = { id: "1", body: Buffer.from("{}"), contentType: "application/cloudevents+json" };
  await t.rejects(sidecar.publish("pubsub", "orders.order-paid.v1", [message], as()));
  const { DAPR_GRPC_PORT: port } = environmentOf(system, "gateway");
  const headers = { "dapr-app-id": "catalog", "dapr-api-token": "not the token" };
  const answers = await callAll(port, CatalogService, headers);
  t.notOk(Object.values(answers).includes("OK"), "not without the sidecar's token");
});
