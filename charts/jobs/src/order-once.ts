import { randomUUID } from "node:crypto";
import pRetry from "p-retry";
import type { GraphqlClient } from "./graphql-client.ts";

type LogIn = { email: string; password: string };
type Tokens = { login: { token: string; refreshToken: string } };

const stock = 3;
const ordered = 2;
/** Stock comes back by an event. */
const backMs = 30_000;
const askAgainMs = 500;

class OtherStock extends Error {}

/** Sells two of three of a new product, sees the stock fall and come back, and leaves nothing for sale. */
export async function orderOnce(api: GraphqlClient, admin: LogIn, say: (line: string) => void): Promise<void> {
  const { login } = await logIn(api, admin);
  const shop = api.as(login.token);
  say("the first admin is logged in");
  const product = await createProduct(shop);
  say(`a product with ${stock} in stock: ${product}`);
  try {
    const customer = await newCustomer(api, say);
    const order = await place(customer.as, product);
    say(`an order of ${ordered}: ${order}`);
    await expectStock(api, product, stock - ordered, 0);
    say(`the stock fell to ${stock - ordered}`);
    await customer.as.ask("mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }", {
      input: { id: order, reason: "helm test" },
    });
    await expectStock(api, product, stock, backMs);
    say(`the order is cancelled, the stock is ${stock} again`);
    await logOut(api, customer.refreshToken);
  } finally {
    await shop.ask("mutation($input: DeleteProductInput!) { deleteProduct(input: $input) { success } }", {
      input: { id: product },
    });
    say("the product is deleted");
    await logOut(api, login.refreshToken);
  }
}

const logIn = (api: GraphqlClient, input: LogIn) =>
  api.ask<Tokens>("mutation($input: LoginInput!) { login(input: $input) { token refreshToken } }", { input });

const logOut = (api: GraphqlClient, refreshToken: string) =>
  api.ask("mutation($input: LogoutInput!) { logout(input: $input) { success } }", { input: { refreshToken } });

async function createProduct(shop: GraphqlClient): Promise<string> {
  const { createProduct } = await shop.ask<{ createProduct: { id: string } }>(
    "mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }",
    { input: { name: "Helm test, not for sale", price: 100, stock } },
  );
  return createProduct.id;
}

/** An account of its own, which stays: accounts are not deleted. */
async function newCustomer(api: GraphqlClient, say: (line: string) => void) {
  const id = randomUUID();
  const person = { email: `helm-test-${id}@example.com`, password: randomUUID() };
  await api.ask("mutation($input: RegisterUserInput!) { registerUser(input: $input) { id } }", {
    input: { ...person, username: "Helm test" },
  });
  const { login } = await logIn(api, person);
  say("a customer is registered and logged in");
  return { as: api.as(login.token), refreshToken: login.refreshToken };
}

async function place(customer: GraphqlClient, productId: string): Promise<string> {
  const { placeOrder } = await customer.ask<{ placeOrder: { id: string; status: string; priceTotal: number } }>(
    "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { id status priceTotal } }",
    { input: { orderProducts: [{ productId, quantity: ordered }], idempotencyKey: randomUUID() } },
  );
  const { id, status, priceTotal } = placeOrder;
  if (status !== "pending_payment" || priceTotal !== 100 * ordered) {
    throw new Error(`the order is ${status} and costs ${priceTotal}, not pending_payment and ${100 * ordered}`);
  }
  return id;
}

async function expectStock(api: GraphqlClient, id: string, wanted: number, withinMs: number): Promise<void> {
  const query = "query($id: ID!) { product(id: $id) { stock } }";
  const look = async () => {
    const { product } = await api.ask<{ product: { stock: number } }>(query, { id });
    if (product.stock !== wanted) throw new OtherStock(`the stock is ${product.stock}, not ${wanted}`);
  };
  await pRetry(look, {
    retries: withinMs / askAgainMs,
    minTimeout: askAgainMs,
    factor: 1,
    shouldRetry: ({ error }) => error instanceof OtherStock,
  });
}
