import { randomUUID } from "node:crypto";
import type { Launched, LaunchOptions } from "@sidecart/local/launch";
import type { Test } from "tap";
import type { Answer, Person } from "./graphql.ts";
import { ledgerAgrees } from "./ledger.ts";
import { admin, newCustomer, newProduct, placeOrder } from "./people.ts";
import { startSystem } from "./system.ts";

export type Placed = { placeOrder: { id: string; status: string; quantity: number; priceTotal: number } };

/** A system with products and a customer. */
export type Shop = {
  system: Launched;
  admin: Person;
  customer: Awaited<ReturnType<typeof newCustomer>>;
  products: string[];
  /** Units of each product at the start, and those that a test adds. */
  stock: Map<string, number>;
  /** Orders one unit of the first product by default; returns the whole response. */
  place(key?: string, product?: string, quantity?: number): Promise<Answer<Placed>>;
  cancel(id: string): Promise<Answer<unknown>>;
  pay(id: string): Promise<Answer<unknown>>;
  /** Waits until all events have taken effect and the data of all services agree. */
  agrees(withinMs?: number): ReturnType<typeof ledgerAgrees>;
};

const cancelOrder = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { id status } }";
const markPaid = "mutation($input: MarkOrderPaidInput!) { markOrderPaid(input: $input) { id status } }";

/** The gateway's environment for tests that send many requests from one address. */
export const unlimited = { SIDECART_RATE_LIMIT: "1000000" };

export async function openShop(t: Test, options: LaunchOptions & { products?: number; units?: number } = {}) {
  const { products: number = 1, units = 1_000, ...launch } = options;
  const gateway = { ...unlimited, ...launch.env?.gateway };
  const system = await startSystem(t, { ...launch, env: { ...launch.env, gateway } });
  const boss = await admin(system.gatewayUrl);
  const customer = await newCustomer(system.gatewayUrl);
  const products = await Promise.all(Array.from({ length: number }, () => newProduct(boss, { stock: units })));
  const stock = new Map(products.map((id) => [id, units]));
  const [first = ""] = products;
  const shop: Shop = {
    system,
    admin: boss,
    customer,
    products,
    stock,
    place: (idempotencyKey = randomUUID(), productId = first, quantity = 1) =>
      customer.ask<Placed>(placeOrder, { input: { orderProducts: [{ productId, quantity }], idempotencyKey } }),
    cancel: (id) => customer.ask(cancelOrder, { input: { id, reason: "changed my mind" } }),
    pay: (id) => boss.ask(markPaid, { input: { id } }),
    agrees: (withinMs) => ledgerAgrees(system, stock, withinMs),
  };
  return shop;
}

/** The id of the order in a response; any other response fails the test. */
export function placedId({ data, errors, status }: Answer<Placed>): string {
  if (!data) throw new Error(`not placed: ${status} ${JSON.stringify(errors)}`);
  return data.placeOrder.id;
}
