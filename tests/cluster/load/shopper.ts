import { randomUUID } from "node:crypto";
import type { Person } from "../../support/graphql.ts";
import { placeOrder } from "../../support/people.ts";
import type { Statistics } from "./statistics.ts";

type Offer = { id: string; price: number };
/** The products of a run, and a word that finds exactly these. */
export type Shelf = { offers: Offer[]; word: string };
type Order = { id: string; status: string; quantity: number; priceTotal: number };

const readProduct = "query($id: ID!) { product(id: $id) { id price stock } }";
const searchProducts = "query($query: String!) { searchProducts(query: $query, first: 5) { nodes { id price } } }";
const readOrder = "query($id: ID!) { order(id: $id) { id status quantity priceTotal } }";
const cancelOrder = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { id status } }";

/** Fails the request with the actual value. */
function check(holds: boolean, problem: string, actual: unknown): void {
  if (!holds) throw new Error(`${problem}: ${JSON.stringify(actual)}`);
}

/**
 * A shopper who reads products, searches, places an order, reads it and cancels it. It checks every response. Yields after
 * each request.
 */
export async function* shop(person: Person, shelf: Shelf, statistics: Statistics): AsyncGenerator<void> {
  for (let turn = 0; ; turn += 1) {
    const offer = shelf.offers[turn % shelf.offers.length];
    if (!offer) return;
    for (let times = 0; times < 3; times += 1) {
      yield void (await statistics.measure("read product", () => lookAt(person, offer)));
    }
    yield void (await statistics.measure("search", () => search(person, shelf)));
    const order = await statistics.measure("place order", () => place(person, offer, 1 + (turn % 2)));
    yield;
    if (!order) continue;
    yield void (await statistics.measure("read order", () => see(person, order)));
    yield void (await statistics.measure("cancel order", () => cancel(person, order)));
  }
}

async function lookAt(person: Person, { id, price }: Offer): Promise<void> {
  const { product } = await person.get<{ product: (Offer & { stock: number }) | null }>(readProduct, { id });
  check(product?.id === id && product.price === price && product.stock > 0, "wrong product", product);
}

async function search(person: Person, { offers, word }: Shelf): Promise<void> {
  const { searchProducts: found } = await person.get<{ searchProducts: { nodes: Offer[] } }>(searchProducts, {
    query: word,
  });
  const wanted = new Set(offers.map(({ id }) => id));
  check(
    found.nodes.some(({ id }) => wanted.has(id)),
    "the search does not find the products",
    found,
  );
}

async function place(person: Person, { id, price }: Offer, quantity: number): Promise<Order> {
  const input = { orderProducts: [{ productId: id, quantity }], idempotencyKey: randomUUID() };
  const { placeOrder: order } = await person.get<{ placeOrder: Order }>(placeOrder, { input });
  const right = order.status === "PENDING_PAYMENT" && order.quantity === quantity;
  check(right && order.priceTotal === price * quantity, "wrong order", order);
  return order;
}

async function see(person: Person, { id, priceTotal }: Order): Promise<void> {
  const { order } = await person.get<{ order: Order | null }>(readOrder, { id });
  check(order?.id === id && order.priceTotal === priceTotal, "not the placed order", order);
}

async function cancel(person: Person, { id }: Order): Promise<void> {
  const { cancelOrder: order } = await person.get<{ cancelOrder: Order }>(cancelOrder, { input: { id } });
  check(order.id === id && order.status === "CANCELLED", "the order is not cancelled", order);
}
