import { randomUUID } from "node:crypto";
import pRetry from "p-retry";
import type { GraphqlClient } from "./graphql-client.ts";

type LogIn = { email: string; password: string };
type Tokens = { login: { token: string; refreshToken: string } };

const stock = 3;
const ordered = 2;
/** The stock rises again asynchronously, when catalog handles the event of the cancellation. */
const releaseTimeoutMs = 30_000;
const retryDelayMs = 500;

class OtherStock extends Error {}

/** Orders two of three units of a new product, cancels the order, checks the stock after each step, and cleans up. */
export async function orderOnce(api: GraphqlClient, admin: LogIn, log: (line: string) => void): Promise<void> {
  const { login } = await logIn(api, admin);
  const shop = api.as(login.token);
  log("logged in as the first admin");
  const product = await createProduct(shop);
  log(`created a product with ${stock} in stock: ${product}`);
  try {
    const customer = await newCustomer(api, log);
    const order = await place(customer.as, product);
    log(`placed an order of ${ordered}: ${order}`);
    await expectStock(api, product, stock - ordered, 0);
    log(`the stock fell to ${stock - ordered}`);
    await customer.as.request("mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }", {
      input: { id: order, reason: "helm test" },
    });
    await expectStock(api, product, stock, releaseTimeoutMs);
    log(`cancelled the order, the stock is ${stock} again`);
    await logOut(api, customer.refreshToken);
  } finally {
    await shop.request("mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { id } }", {
      input: { id: product, type: "DELETE" },
    });
    log("deleted the product");
    await logOut(api, login.refreshToken);
  }
}

const logIn = (api: GraphqlClient, input: LogIn) =>
  api.request<Tokens>("mutation($input: LoginInput!) { login(input: $input) { token refreshToken } }", { input });

const logOut = (api: GraphqlClient, refreshToken: string) =>
  api.request("mutation($input: LogoutInput!) { logout(input: $input) { success } }", { input: { refreshToken } });

async function createProduct(shop: GraphqlClient): Promise<string> {
  const { createProduct } = await shop.request<{ createProduct: { id: string } }>(
    "mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }",
    { input: { name: "Helm test, not for sale", price: 100, stock } },
  );
  return createProduct.id;
}

/** Registers a new account. It remains, because accounts cannot be deleted. */
async function newCustomer(api: GraphqlClient, log: (line: string) => void) {
  const id = randomUUID();
  const person = { email: `helm-test-${id}@example.com`, password: randomUUID() };
  await api.request("mutation($input: RegisterUserInput!) { registerUser(input: $input) { id } }", {
    input: { ...person, username: "Helm test" },
  });
  const { login } = await logIn(api, person);
  log("registered a customer and logged in");
  return { as: api.as(login.token), refreshToken: login.refreshToken };
}

async function place(customer: GraphqlClient, productId: string): Promise<string> {
  const { placeOrder } = await customer.request<{ placeOrder: { id: string; status: string; priceTotal: number } }>(
    "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { id status priceTotal } }",
    { input: { orderProducts: [{ productId, quantity: ordered }], idempotencyKey: randomUUID() } },
  );
  const { id, status, priceTotal } = placeOrder;
  if (status !== "PENDING_PAYMENT" || priceTotal !== 100 * ordered) {
    throw new Error(`the order is ${status} and costs ${priceTotal}, not PENDING_PAYMENT and ${100 * ordered}`);
  }
  return id;
}

async function expectStock(api: GraphqlClient, id: string, expected: number, timeoutMs: number): Promise<void> {
  const query = "query($id: ID!) { product(id: $id) { stock } }";
  const look = async () => {
    const { product } = await api.request<{ product: { stock: number } }>(query, { id });
    if (product.stock !== expected) throw new OtherStock(`the stock is ${product.stock}, not ${expected}`);
  };
  await pRetry(look, {
    retries: timeoutMs / retryDelayMs,
    minTimeout: retryDelayMs,
    factor: 1,
    shouldRetry: ({ error }) => error instanceof OtherStock,
  });
}
