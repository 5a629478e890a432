import { randomUUID } from "node:crypto";
import type { Person } from "./graphql.ts";
import { goodPassword, newCustomer, newProduct, placeOrder } from "./people.ts";

type Examples = Record<string, () => Promise<Record<string, unknown>>>;

/** For every operation there is, variables that are good in each place; a new operation has to be added here. */
export function examplesOf(gatewayUrl: string, shop: Person, product: string, partner: string): Examples {
  const newOrder = async () => {
    const input = { orderProducts: [{ productId: product, quantity: 1 }] };
    return (await shop.get<{ placeOrder: { id: string } }>(placeOrder, { input })).placeOrder.id;
  };
  const mail = () => `${randomUUID()}@example.com`;
  const page = { first: 5, after: randomUUID() };

  async function session(): Promise<string> {
    const { email } = await newCustomer(gatewayUrl);
    const query = "mutation($input: LoginInput!) { login(input: $input) { refreshToken } }";
    const input = { email, password: goodPassword };
    return (await shop.get<{ login: { refreshToken: string } }>(query, { input })).login.refreshToken;
  }

  return {
    me: async () => ({}),
    users: async () => page,
    user: async () => ({ id: partner }),
    products: async () => ({ ...page, query: "" }),
    product: async () => ({ id: product }),
    searchProducts: async () => ({
      query: "juice",
      filter: {
        categories: ["juice"],
        partnerId: partner,
        priceFrom: 1,
        priceTo: 900,
        currency: "EUR",
        inStock: true,
      },
      sort: "NAME",
      first: 5,
      after: Buffer.from(JSON.stringify(["name", "a", product])).toString("base64url"),
    }),
    suggestProducts: async () => ({ prefix: "app", first: 5 }),
    orders: async () => ({ ...page, all: true }),
    order: async () => ({ id: await newOrder() }),
    registerUser: async () => ({ input: { email: mail(), username: "Ann", password: goodPassword } }),
    login: async () => ({ input: { email: (await newCustomer(gatewayUrl)).email, password: goodPassword } }),
    refreshToken: async () => ({ input: { refreshToken: await session() } }),
    logout: async () => ({ input: { refreshToken: await session() } }),
    logoutAll: async () => ({}),
    changePassword: async () => ({ input: { currentPassword: goodPassword, newPassword: goodPassword } }),
    grantRoles: async () => ({ input: { accountId: partner, roles: ["partner"] } }),
    createProduct: async () => ({ input: { ...productFields(), stock: 5, partnerId: partner } }),
    updateProduct: async () => ({ input: { ...productFields(), id: product } }),
    deleteProduct: async () => ({ input: { id: await newProduct(shop) } }),
    updateInventory: async () => ({ input: { id: product, type: "ADD", number: 1, reason: "counted" } }),
    placeOrder: async () => ({
      input: { orderProducts: [{ productId: product, quantity: 1 }], idempotencyKey: randomUUID() },
    }),
    cancelOrder: async () => ({ input: { id: await newOrder(), reason: "no longer" } }),
    markOrderPaid: async () => ({ input: { id: await newOrder() } }),
    reindex: async () => ({}),
    reindexProgress: async () => ({ index: "products-no-more" }),
    deadLetters: async () => ({ service: "orders", first: 5 }),
    redriveDeadLetters: async () => ({ input: { service: "orders", eventIds: [randomUUID()] } }),
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
