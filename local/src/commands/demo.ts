import { randomUUID } from "node:crypto";
import pRetry from "p-retry";
import { StartError } from "../start-error.ts";
import { type Ask, asAdmin, asNobody, gatewayAndAdmin, loggedIn } from "./api.ts";
import { runCommandLine } from "./command-line.ts";
import { help } from "./demo.help.mjs";

const searchableWithinMs = 30_000;
const retryDelayMs = 500;
const quantity = 2;

class NoCoffee extends StartError {}

type Product = { id: string; name: string; price: number; currency: string; stock: number };
type Order = { id: string; status: string; priceTotal: number; currency: string };

await runCommandLine(help(), async ({ instance, words: [surplus] }) => {
  if (surplus !== undefined) throw new StartError(`${surplus}: this command accepts no arguments (--help)`);
  const { gateway } = gatewayAndAdmin(instance);
  const asked = await asAdmin(instance); // a wrong log-in is said before anything is ordered
  const customer = await newCustomer(gateway);
  const product = await coffee(customer);
  say(`searched "coffe": ${product.name}, ${money(product.price, product.currency)}, ${product.stock} in stock`);
  const order = await place(customer, product);
  say(`ordered ${quantity}: ${order.id}, ${order.status}, ${money(order.priceTotal, order.currency)}`);
  const query = "query($id: ID!) { product(id: $id) { stock } }";
  const { product: now } = await customer<{ product: { stock: number } }>(query, { id: product.id });
  say(`the stock is ${now.stock} now`);
  const paying = "mutation($input: MarkOrderPaidInput!) { markOrderPaid(input: $input) { status } }";
  const { markOrderPaid } = await asked<{ markOrderPaid: { status: string } }>(paying, { input: { id: order.id } });
  say(`the admin marked the order as ${markOrderPaid.status}`);
});

async function newCustomer(gateway: string): Promise<Ask> {
  const logIn = { email: `demo-${randomUUID()}@sidecart.test`, password: randomUUID() };
  const query = "mutation($input: RegisterUserInput!) { registerUser(input: $input) { id } }";
  await asNobody(gateway)(query, { input: { ...logIn, username: "Demo" } });
  say(`registered ${logIn.email}`);
  return loggedIn(gateway, logIn);
}

/** The search index follows the catalogue by events, so it finds new sample data a moment later. */
async function coffee(ask: Ask): Promise<Product> {
  const query = `{ searchProducts(query: "coffe", filter: { inStock: true }, first: 20) {
    nodes { id name price currency stock } } }`;
  const search = async () => {
    const { searchProducts } = await ask<{ searchProducts: { nodes: Product[] } }>(query);
    const found = searchProducts.nodes.find(({ stock }) => stock >= quantity);
    if (!found) throw new NoCoffee("no coffee is in stock: create sample data with the command seed");
    return found;
  };
  return pRetry(search, {
    retries: searchableWithinMs / retryDelayMs,
    minTimeout: retryDelayMs,
    factor: 1,
    shouldRetry: ({ error }) => error instanceof NoCoffee,
  });
}

async function place(ask: Ask, { id: productId }: Product): Promise<Order> {
  const query = `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { id status priceTotal currency } }`;
  const input = { orderProducts: [{ productId, quantity }], idempotencyKey: randomUUID() };
  return (await ask<{ placeOrder: Order }>(query, { input })).placeOrder;
}

function money(minor: number, currency: string): string {
  return `${(minor / 100).toFixed(2)} ${currency}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
