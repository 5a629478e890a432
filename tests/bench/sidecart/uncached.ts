import type { Launched } from "@sidecart/local/launch";
import { Person } from "../../support/graphql.ts";
import { unitsInStock } from "../data-set.ts";
import { type Databases, setStock } from "./books.ts";
import { productId } from "./ids.ts";

/** A gateway replica without a cache. It receives every broadcast, so it runs only during the cases that use it. */
export const uncached = "gateway-2";
export const keepsNothing = { SIDECART_CACHE_MS: "0" };

/** Starts or stops the replica. */
export async function runUncached(
  { processes, gatewayUrls, kill, start }: Launched,
  wanted: boolean,
  env: Record<string, string>,
  databases: Databases,
): Promise<void> {
  const running = processes.get(uncached)?.running ?? false;
  if (!wanted && running) await kill(uncached, "SIGTERM");
  if (!wanted || running) return;
  await start(uncached, env);
  await proveUncached(gatewayUrls[1] ?? "", databases);
}

/** Proves that the replica has no cache: a change in the database is visible at once. */
async function proveUncached(url: string, databases: Databases): Promise<void> {
  const stock = async () => {
    const query = "query($id: ID!) { product(id: $id) { stock } }";
    const { product } = await new Person(url).get<{ product: { stock: number } }>(query, { id: productId(1) });
    return product.stock;
  };
  for (const units of [unitsInStock - 1, unitsInStock]) {
    await setStock(databases, 1, units);
    if ((await stock()) !== units) throw new Error("the gateway without a cache has cached a product");
  }
}
