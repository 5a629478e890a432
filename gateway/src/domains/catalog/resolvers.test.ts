import { background, verifierFrom } from "@sidecart/platform/rpc";
import t from "tap";
import { recordingServices } from "../../tests/support/gateway.ts";
import { createCache } from "./cache/cache.ts";
import type { GatewayContext } from "./context.ts";
import { productMutations, productQueries } from "./product-resolvers.ts";
import { readServices } from "./reads.ts";
import { createTogether } from "./together.ts";

const id = "019a0000-0000-7000-8000-000000000001";

t.test("who restocks a product sees it at once; lists stay, but where it is taken out", async (t) => {
  let stock = 1;
  const product = () => ({ id, name: "", description: "", category: "", imageUrl: "", stock, version: stock });
  const { services, asked } = recordingServices({
    "catalog.getProducts": () => ({ products: [product()] }),
    "catalog.listProducts": () => ({ products: [product()] }),
    "catalog.updateInventory": () => ({ stock: ++stock }),
  });
  const together = createTogether(services);
  const bounds = { maxAgeMs: 60_000, timeoutMs: 5_000 };
  const verifier = verifierFrom(async () => "");
  const reads = createCache({ reads: readServices(services, together), verifier, ...bounds });
  const context = { services, together, reads, call: background(5_000) } as unknown as GatewayContext;
  const list = async () =>
    (await productQueries.products(null, { first: 1, after: "" }, context)).map((one) => one.stock);
  const update = (type: "ADD" | "DELETE") =>
    productMutations.updateInventory(null, { input: { id, type, number: 1, reason: "" } }, context);
  const listed = () => asked.filter(({ method }) => method === "catalog.listProducts").length;

  t.same(await list(), [1]);
  await update("ADD");
  t.same(await list(), [2]);
  t.equal(listed(), 1, "the product alone is asked for");
  await update("DELETE");
  await list();
  t.equal(listed(), 2);
});
