import type { Launched } from "@sidecart/local/launch";
import { Person } from "../../support/graphql.ts";
import { unitsInStock } from "../data-set.ts";
import { type Databases, setStock } from "./books.ts";
import { productId } from "./ids.ts";

/** A replica of the gateway that keeps nothing. It hears every broadcast, so it only runs while it is asked. */
export const uncached = "gateway-2";
export const keepsNothing = { SIDECART_CACHE_MS: "0" };

/** Starts or stops it, as is wanted. */
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

/** What changes behind everybody's back is seen at once. */
async function proveUncached(url: string, databases: Databases): Promise<void> {
  const stock = async () => {
    const query = "query($id: ID!) { product(id: $id) { stock } }";
    const { product } = await new Person(url).get<{ product: { stock: number } }>(query, { id: productId(1) });
    return product.stock;
  };
  for (const units of [unitsInStock - 1, unitsInStock]) {
    await setStock(databases, 1, units);
    if ((await stock()) !== units) throw new Error("the gateway that is to keep nothing has kept a product");
  }
}
