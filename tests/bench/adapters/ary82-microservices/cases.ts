import type { Adapter, Ask, Exchange } from "../../adapter.ts";
import { emailOf, ordersOf, password, type Size } from "../../data-set.ts";
import * as api from "./api.ts";
import { checkOrder, checkOrders, checkPlaced, checkProduct, checkProducts, checkToken, isPlaced } from "./checks.ts";
import { apiIdOf } from "./ids.ts";

export type Buyer = { account: number; token: string };
export type World = { url: string; size: Size; buyers: Buyer[] };

const hotProduct = 1;

export const cases: Adapter<World>["cases"] = {
  product,
  "product-uncached": product,
  products: ({ url, size }) => {
    const exchange = read(url, api.products, {}, (reply) => checkProducts(reply, size));
    return () => exchange;
  },
  orders: ({ url, size }) => {
    const exchange = read(url, api.orders, {}, (reply) => checkOrders(reply, size));
    return () => exchange;
  },
  order: ({ url, size, buyers }) => {
    const numbers = buyers.flatMap(({ account }) => ordersOf(account, size));
    return oneOf(numbers.map((number) => readOrder(url, number, size)));
  },
  "place-order": ({ url, size, buyers }) => {
    const products = numbersTo(size.products);
    return () => placing(url, anyOf(buyers), anyOf(products));
  },
  "place-order-hot": placeHot,
  oversell: placeHot,
  "log-in": ({ url, buyers }) =>
    oneOf(
      buyers.map(({ account }) => read(url, api.logIn, { input: { email: emailOf(account), password } }, checkToken)),
    ),
};

export const notes: Adapter<World>["notes"] = {
  "product-uncached": "has no cache: the same as `product`",
  products: "has no pages: returns all products, unordered",
  orders:
    "has no authentication and no pages: returns the orders of all users, unordered, without status and creation time",
  order: "has no authentication; lines have no name",
  oversell: "takes stock after it has accepted the order",
  search: "has none",
  suggest: "has none",
  "log-in": "Argon2id, one pass over 64 MiB: 256 concurrent log-ins need 16 GiB",
  mixed: "has neither search nor pages",
};

function product({ url, size }: World): Ask {
  return oneOf(
    numbersTo(size.products).map((number) =>
      read(url, api.product, { id: apiIdOf("product", number) }, (reply) => checkProduct(reply, number)),
    ),
  );
}

const readOrder = (url: string, number: number, size: Size): Exchange =>
  read(url, api.order, { id: apiIdOf("order", number) }, (reply) => checkOrder(reply, number, size));

function placeHot({ url, buyers }: World): Ask {
  return () => placing(url, anyOf(buyers), hotProduct);
}

function placing(url: string, { account, token }: Buyer, product: number): Exchange {
  const input = { order_products: [{ product_id: apiIdOf("product", product), quantity: 1 }] };
  return {
    url,
    headers: api.headersOf(token),
    body: api.bodyOf(api.placeOrder, { input }),
    check: (reply) => checkPlaced(reply, account, product),
    placed: isPlaced,
  };
}

const read = (url: string, query: string, variables: Record<string, unknown>, check: Exchange["check"]): Exchange => ({
  url,
  headers: api.headers,
  body: api.bodyOf(query, variables),
  check,
});

const oneOf =
  (exchanges: readonly Exchange[]): Ask =>
  () =>
    anyOf(exchanges);

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function anyOf<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}
