import { newId } from "@sidecart/platform/ids";
import { background, verifierFrom } from "@sidecart/platform/rpc";
import Fastify from "fastify";
import mercurius, { type IResolvers } from "mercurius";
import pg from "pg";
import { readOrder, readOrders, readProduct, readProducts, takeStock, writeOrder } from "./queries.ts";
import { schema } from "./schema.ts";

/**
 * The upper limit: the same API, rows and token check without Dapr, in one process that queries PostgreSQL directly. It
 * publishes no events and supports one line per order. It is not a usable shop.
 */
const { CATALOG_URL, ORDERS_URL, JWKS = "" } = process.env;
/** The same number of connections as in the sidecar of each service. */
const max = 8;
const catalog = new pg.Pool({ connectionString: CATALOG_URL, max });
const orders = new pg.Pool({ connectionString: ORDERS_URL, max });
const verifier = verifierFrom(async () => JWKS);

type Context = { authorization: string | undefined };
type PlaceOrder = { input: { orderProducts: { productId: string; quantity: number }[]; idempotencyKey: string } };

async function viewer({ authorization }: Context): Promise<string> {
  return (await verifier.caller({ ...background(10_000), ...(authorization && { authorization }) })).accountId;
}

async function placeOrder(_: unknown, { input }: PlaceOrder, context: Context) {
  const userId = await viewer(context);
  const [{ productId, quantity } = { productId: "", quantity: 0 }] = input.orderProducts;
  const reservation = newId();
  const taken = await takeStock(catalog, reservation, productId, quantity);
  if (!taken) throw new mercurius.ErrorWithProps("Not enough stock.", { code: "OUT_OF_STOCK" });
  const { name, price, currency } = taken;
  const order = { id: newId(), userId, status: "PENDING_PAYMENT", quantity, priceTotal: price * quantity, currency };
  const line = { productId, name, quantity, price };
  await writeOrder(orders, order, line, reservation, input.idempotencyKey);
  return { ...order, orderProducts: [line] };
}

const resolvers = {
  Query: {
    product: (_: unknown, { id }: { id: string }) => readProduct(catalog, id),
    products: async (_: unknown, { first }: { first: number }) => ({ nodes: await readProducts(catalog, first) }),
    orders: async (_: unknown, { first }: { first: number }, context: Context) => ({
      nodes: await readOrders(orders, await viewer(context), first),
    }),
    order: async (_: unknown, { id }: { id: string }, context: Context) => readOrder(orders, await viewer(context), id),
  },
  Mutation: { placeOrder },
  Order: { createdAt: ({ createdAt }: { createdAt: Date }) => createdAt.toISOString() },
} as unknown as IResolvers;

const http = Fastify();
await http.register(mercurius, {
  schema,
  resolvers,
  jit: 2,
  context: ({ headers }): Context => ({ authorization: headers.authorization }),
});
process.once("disconnect", () => process.exit()); // the bench has exited
process.send?.(await http.listen({ host: "127.0.0.1", port: 0 }));
