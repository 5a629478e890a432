import { randomUUID } from "node:crypto";
import t from "tap";
import { badTokens } from "../support/bad-tokens.ts";
import { eventually } from "../support/eventually.ts";
import { Person } from "../support/graphql.ts";
import { admin, goodPassword, newCustomer, newPerson, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";
import { goodClaims, sign, systemKey } from "../support/tokens.ts";

const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const [owner, stranger] = [await newCustomer(gatewayUrl), await newCustomer(gatewayUrl)];
const nobody = new Person(gatewayUrl);
const product = await newProduct(shop, { stock: 100 });
const input = { orderProducts: [{ productId: product, quantity: 1 }] };
const { placeOrder: order } = await owner.get<{ placeOrder: { id: string } }>(placeOrder, { input });

const createProduct = "mutation($input: CreateProductInput!) { createProduct(input: $input) { id partnerId } }";
const updateProduct = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { name } }";
const updateInventory = "mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { stock } }";
const cancelOrder = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { status } }";

t.test("another customer's order looks as if it did not exist", async (t) => {
  const read = "query($id: ID!) { order(id: $id) { id history { to } } }";
  t.same(await stranger.get(read, { id: order.id }), { order: null });
  t.equal(await stranger.refusal(cancelOrder, { input: { id: order.id } }), "ORDER_NOT_FOUND");
  t.match(await owner.get(read, { id: order.id }), { order: { id: order.id } }, "its owner sees it");
  t.match(await shop.get(read, { id: order.id }), { order: { id: order.id } }, "an admin sees it");
  t.same(await stranger.get("{ orders { nodes { id } } }"), { orders: { nodes: [] } });
});

t.test("an idempotency key does not reveal another's order", async (t) => {
  const key = randomUUID();
  const mine = await owner.get<{ placeOrder: { id: string } }>(placeOrder, {
    input: { ...input, idempotencyKey: key },
  });
  const { placeOrder: theirs } = await stranger.get<{ placeOrder: { id: string; userId: string } }>(placeOrder, {
    input: { ...input, idempotencyKey: key },
  });
  t.not(theirs.id, mine.placeOrder.id);
  t.equal(theirs.userId, stranger.id);
});

t.test("accounts can be neither listed nor read by others", async (t) => {
  const read = "query($id: ID!) { user(id: $id) { id email } }";
  t.same(await stranger.get(read, { id: owner.id }), { user: null });
  t.equal(await stranger.refusal("{ users { nodes { id } } }"), "FORBIDDEN");
  t.equal(await stranger.refusal("{ orders(all: true) { nodes { id } } }"), "FORBIDDEN");
  t.same(await owner.get(read, { id: owner.id }), { user: { id: owner.id, email: owner.email } });
});

t.test("a customer cannot use the operations of partners and admins", async (t) => {
  const target = { id: product };
  const attempts: [string, object][] = [
    [createProduct, { name: "Mine", price: 1 }],
    [updateProduct, { ...target, price: 1 }],
    [updateInventory, { ...target, type: "ADD", number: 5 }],
    [updateInventory, { ...target, type: "DELETE" }],
    ["mutation($input: MarkOrderPaidInput!) { markOrderPaid(input: $input) { status } }", { id: order.id }],
    [
      "mutation($input: GrantRolesInput!) { grantRoles(input: $input) { roles } }",
      { userId: stranger.id, roles: ["ADMIN"] },
    ],
  ];
  for (const [query, input] of attempts) {
    t.equal(await stranger.refusal(query, { input }), "FORBIDDEN", query);
    t.equal(await nobody.refusal(query, { input }), "UNAUTHENTICATED", query);
  }
  t.equal(await stranger.refusal("mutation { reindex { index } }"), "FORBIDDEN");
  const read = "query($id: ID!) { product(id: $id) { price stock version } }";
  t.match(await nobody.get(read, { id: product }), { product: { price: 1000 } }, "and nothing changed");
});

t.test("a partner can change only its own products", async (t) => {
  const [one, two] = [await newPerson(gatewayUrl, "partner"), await newPerson(gatewayUrl, "partner")];
  const mine = await eventually("the partner known to the catalogue", () => newProduct(one));
  for (const id of [mine, product]) {
    t.equal(await two.refusal(updateProduct, { input: { id, name: "Taken" } }), "FORBIDDEN");
    t.equal(await two.refusal(updateInventory, { input: { id, type: "DELETE" } }), "FORBIDDEN");
    t.equal(await two.refusal(updateInventory, { input: { id, type: "SET", number: 0 } }), "FORBIDDEN");
  }
  const forAnother = { name: "Planted", price: 1, partnerId: one.id };
  t.equal(await two.refusal(createProduct, { input: forAnother }), "FORBIDDEN");
  const own = await one.get(createProduct, { input: forAnother });
  t.match(own, { createProduct: { partnerId: one.id } });
  t.same(await one.get(updateInventory, { input: { id: mine, type: "ADD", number: 5 } }), {
    updateInventory: { stock: 15 },
  });
});

t.test("an invalid token counts as no token", async (t) => {
  const good = await sign(await systemKey(system), goodClaims(owner.id, ["customer"]));
  t.match(
    await new Person(gatewayUrl, good).get("{ orders { nodes { id } } }"),
    { orders: { nodes: [{}] } },
    "a valid token, made in the same way",
  );
  for (const [name, { token, code }] of await badTokens(system, owner.id)) {
    const forger = new Person(gatewayUrl, token);
    for (const query of [
      "{ orders { nodes { id } } }",
      "{ users { nodes { id } } }",
      "mutation { reindex { index } }",
    ]) {
      const { status, errors } = await forger.ask(query);
      t.match({ status, errors }, { status: 401, errors: [{ extensions: { code } }] }, `${name}: ${query}`);
    }
  }
});

t.test("a refresh token is not an access token, and vice versa", async (t) => {
  const login = "mutation($input: LoginInput!) { login(input: $input) { token refreshToken } }";
  const { login: tokens } = await nobody.get<{ login: { token: string; refreshToken: string } }>(login, {
    input: { email: owner.email, password: goodPassword },
  });
  t.equal(await new Person(gatewayUrl, tokens.refreshToken).refusal("{ orders { nodes { id } } }"), "UNAUTHENTICATED");
  const refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { token } }";
  for (const refreshToken of [tokens.token, tokens.token.slice(0, 200)]) {
    const code = await nobody.refusal(refresh, { input: { refreshToken } });
    t.ok(["BAD_INPUT", "INVALID_REFRESH_TOKEN"].includes(code), code);
  }
});
