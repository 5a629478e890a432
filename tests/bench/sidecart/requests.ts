import { randomInt, randomUUID } from "node:crypto";
import type { Ask, CaseName, Exchange } from "../adapter.ts";
import { emailOf, ordersOf, password } from "../data-set.ts";
import { orderId, productId } from "./ids.ts";
import * as replies from "./replies.ts";
import type { World } from "./world.ts";

const productFields = "id name description price stock";
const operations = {
  product: `query($id: ID!) { product(id: $id) { ${productFields} } }`,
  products: `query($first: Int!) { products(first: $first) { nodes { ${productFields} } } }`,
  orders:
    "query($first: Int!) { orders(first: $first) { nodes { id status quantity priceTotal currency createdAt } } }",
  order: `query($id: ID!) { order(id: $id) {
    id userId status quantity priceTotal currency createdAt orderProducts { productId name quantity price } } }`,
  placeOrder: `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
    id userId status quantity priceTotal currency orderProducts { productId name quantity price } } }`,
  search: `query($query: String!) { searchProducts(query: $query, first: 10) { totalCount nodes { ${productFields} } } }`,
  suggest: "query($prefix: String!) { suggestProducts(prefix: $prefix, first: 8) }",
  logIn: "mutation($input: LoginInput!) { login(input: $input) { token refreshToken expiresIn } }",
};

export const cases: Partial<Record<CaseName, (world: World) => Ask>> = {
  product: (world) => oneProduct(world, world.url),
  "product-uncached": (world) => oneProduct(world, world.uncachedUrl ?? world.url),
  products: (world) => newestProducts(world, 1_000),
  orders: (world) => ownOrders(world, 500),
  order: (world) => anyOrder(world),
  "place-order": (world) => placing(world, () => anyOf(world.size.products), replies.placed),
  "place-order-hot": (world) => placing(world, () => 1, replies.placed),
  oversell: (world) => placing(world, () => 1, replies.placedOrRefused),
  search: (world) => searching(world),
  suggest: (world) =>
    ask(world, operations.suggest, () => {
      const word = replies.wordsOf(anyOf(world.size.products)).split(" ")[0] ?? "";
      return { variables: { prefix: word.slice(0, 3).toLowerCase() }, check: replies.suggested(word) };
    }),
  "log-in": (world) =>
    ask(world, operations.logIn, () => {
      const input = { email: emailOf(anyOf(world.size.accounts)), password };
      return { variables: { input }, check: replies.loggedIn, placed: () => false };
    }),
  mixed: (world) => browsing(world),
};

type Asked = {
  variables?: object;
  /** The account whose token is sent; without it, none. */
  account?: number;
  check: Exchange["check"];
  placed?: Exchange["placed"];
  statuses?: Exchange["statuses"];
};

const ask =
  (world: World, query: string, next: () => Asked, url = world.url): Ask =>
  () => {
    const { variables = {}, account, ...rest } = next();
    const headers: Record<string, string> = {};
    if (account !== undefined) headers.authorization = `Bearer ${world.tokens[account - 1]}`;
    const body = JSON.stringify({ query, variables });
    return { url: `${url}/graphql`, headers, body, ...rest };
  };

const oneProduct = (world: World, url: string): Ask =>
  ask(
    world,
    operations.product,
    () => {
      const number = anyOf(world.size.products);
      return { variables: { id: productId(number) }, check: replies.product(number) };
    },
    url,
  );

function newestProducts(world: World, most: number): Ask {
  const first = Math.min(most, world.size.products);
  const check = replies.products(world, first);
  return ask(world, operations.products, () => ({ variables: { first }, check }));
}

function ownOrders(world: World, first: number): Ask {
  const checks = ownersOf(world).map((owner) => replies.orders(world, ordersOf(owner, world.size).slice(0, first)));
  return ask(world, operations.orders, () => {
    const account = anyOf(checks.length);
    return { account, variables: { first }, check: checks[account - 1] ?? (() => "nobody's orders") };
  });
}

const searching = (world: World): Ask =>
  ask(world, operations.search, () => {
    const product = anyOf(world.size.products);
    return { variables: { query: replies.wordsOf(product) }, check: replies.found(product) };
  });

/**
 * The shares of Online Boutique's load generator (src/loadgenerator/locustfile.py of GoogleCloudPlatform/
 * microservices-demo), out of 20: home page 1, product pages 13 (10 views, 2 before adding to the cart, 1 before checkout),
 * cart 3 (here: the viewer's 20 newest orders), change of currency 2 (here: a search, because there is one currency),
 * checkout 1. Requests that only write the cart are omitted.
 */
function browsing(world: World): Ask {
  const shares: [number, Ask][] = [
    [1, newestProducts(world, 20)],
    [13, oneProduct(world, world.url)],
    [3, ownOrders(world, 20)],
    [2, searching(world)],
    [1, placing(world, () => anyOf(world.size.products), replies.placed)],
  ];
  const deck = shares.flatMap(([share, one]) => Array.from({ length: share }, () => one));
  return () => (deck[randomInt(deck.length)] as Ask)();
}

/** Only orders of accounts with a token. */
function anyOrder(world: World): Ask {
  const numbers = ownersOf(world).map((owner) => ordersOf(owner, world.size));
  return ask(world, operations.order, () => {
    const account = anyOf(numbers.length);
    const own = numbers[account - 1] ?? [];
    const number = own[randomInt(own.length)] ?? 0;
    return { account, variables: { id: orderId(number) }, check: replies.order(world, number) };
  });
}

const placing = (world: World, product: () => number, check: replies.PlacedCheck): Ask =>
  ask(world, operations.placeOrder, () => {
    const account = anyOf(world.tokens.length);
    const number = product();
    const orderProducts = [{ productId: productId(number), quantity: 1 }];
    const variables = { input: { orderProducts, idempotencyKey: randomUUID() } };
    return { account, variables, check: check(account, number), placed: replies.isOrder, statuses: [200, 409] };
  });

/** Accounts that have a token and orders. */
const ownersOf = ({ tokens, size }: World) =>
  Array.from({ length: Math.min(tokens.length, size.owners) }, (_, place) => place + 1);

/** A random number from 1 to `most`. */
const anyOf = (most: number) => 1 + randomInt(most);
