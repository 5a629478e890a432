import { randomUUID } from "node:crypto";
import type { Person } from "./graphql.ts";
import { goodPassword, newCustomer, placeOrder } from "./people.ts";
import { anyVariables, operations } from "./schema.ts";

/** Variables by operation. `by` is the person who uses them: an operation may need something of that person's. */
type Examples = Record<string, (by: Person) => Promise<Record<string, unknown>>>;

type Place = { gatewayUrl: string; shop: Person; product: string; partner: string };
const cursor = (position: string) => Buffer.from(position).toString("base64url");
const page = () => ({ first: 5, after: cursor(randomUUID()) });

/** Valid variables for every operation. Add each operation here that needs more than any text, number or id. */
export function examplesOf(gatewayUrl: string, shop: Person, product: string, partner: string): Examples {
  const place = { gatewayUrl, shop, product, partner };
  return {
    ...Object.fromEntries(operations().map((one) => [one.field.name, async () => anyVariables(one)])),
    ...accountExamples(place),
    ...productExamples(place),
    ...orderExamples(place),
    reindex: async () => ({}),
    reindexProgress: async () => ({ index: "products-no-more" }),
    deadLetters: async () => ({
      topic: "catalog.product-created.v1",
      error: "timeout",
      service: "ORDERS",
      first: 5,
      after: cursor(JSON.stringify([new Date(), randomUUID(), "a topic"])),
    }),
    orderStory: async () => ({ orderId: randomUUID() }),
    redriveDeadLetters: async () => ({
      input: { service: "ORDERS", eventIds: [randomUUID()], topic: "catalog.product-created.v1", error: "timeout" },
    }),
  };
}

function accountExamples({ gatewayUrl, shop, partner }: Place): Examples {
  async function session(): Promise<string> {
    const { email } = await newCustomer(gatewayUrl);
    const query = "mutation($input: LoginInput!) { login(input: $input) { refreshToken } }";
    const input = { email, password: goodPassword };
    return (await shop.get<{ login: { refreshToken: string } }>(query, { input })).login.refreshToken;
  }
  const email = () => `${randomUUID()}@example.com`;
  return {
    me: async () => ({}),
    users: async () => page(),
    user: async () => ({ id: partner }),
    registerUser: async () => ({ input: { email: email(), username: "Ann", password: goodPassword } }),
    login: async () => ({ input: { email: (await newCustomer(gatewayUrl)).email, password: goodPassword } }),
    refreshToken: async () => ({ input: { refreshToken: await session() } }),
    logout: async () => ({ input: { refreshToken: await session() } }),
    logoutAll: async () => ({}),
    changePassword: async () => ({ input: { currentPassword: goodPassword, newPassword: goodPassword } }),
    grantRoles: async () => ({ input: { userId: partner, roles: ["PARTNER"] } }),
  };
}

function productExamples({ product, partner }: Place): Examples {
  const searched = {
    query: "juice",
    filter: { categories: ["juice"], partnerId: partner, priceFrom: 1, priceTo: 900, currency: "EUR", inStock: true },
    sort: "NAME",
    first: 5,
    after: cursor(cursor(JSON.stringify(["name", "a", product]))),
  };
  return {
    products: async () => ({ ...page(), query: "" }),
    product: async () => ({ id: product }),
    searchProducts: async () => searched,
    suggestProducts: async () => ({ prefix: "app", first: 5 }),
    createProduct: async () => ({ input: { ...productFields(), stock: 5, partnerId: partner } }),
    updateProduct: async () => ({ input: { ...productFields(), id: product } }),
    updateInventory: async () => ({ input: { id: product, type: "ADD", number: 1, reason: "counted" } }),
  };
}

function orderExamples({ shop, product }: Place): Examples {
  const orderProducts = [{ productId: product, quantity: 1 }];
  const newOrder = async () =>
    (await shop.get<{ placeOrder: { id: string } }>(placeOrder, { input: { orderProducts } })).placeOrder.id;
  return {
    orders: async () => ({ ...page(), all: true }),
    order: async () => ({ id: await newOrder() }),
    placeOrder: async () => ({ input: { orderProducts, idempotencyKey: randomUUID() } }),
    cancelOrder: async () => ({ input: { id: await newOrder(), reason: "no longer" } }),
    markOrderPaid: async () => ({ input: { id: await newOrder() } }),
  };
}

export const productFields = () => ({
  name: "Apple juice",
  description: "Cloudy",
  price: 300,
  currency: "EUR",
  category: "juice",
  attributes: { origin: "Here" },
  imageUrl: "https://example.com/apple.png",
});
