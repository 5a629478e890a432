import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createHistogram } from "node:perf_hooks";
import type { Test } from "tap";
import { parse } from "yaml";
import { root } from "../../check/tool.ts";
import { eventually } from "../../support/eventually.ts";
import { Person } from "../../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../../support/people.ts";
import { startSystem } from "../../support/system.ts";

const picture = `data:image/png;base64,iVBORw0KGgo${"A".repeat(8_000)}`;
const large = { description: "x".repeat(5_000), imageUrl: picture };
const pages = [
  "query($id: ID!) { product(id: $id) { id name stock price description imageUrl } }",
  "{ products(first: 20) { nodes { id name price imageUrl } } }",
  "{ orders { nodes { id status priceTotal orderProducts { name quantity } } } }",
];

/** A gateway with the chart's heap, 200 products as large as they may be, and a customer with another address than ours. */
export async function startAttackedShop(t: Test) {
  const { serviceDefaults, services } = parse(await readFile(join(root, "charts/sidecart/values.yaml"), "utf8"));
  const heap = `--max-old-space-size=${serviceDefaults.heapMi}`;
  const system = await startSystem(t, {
    env: { gateway: { NODE_OPTIONS: heap, SIDECART_LOCAL: "0", SIDECART_TRUSTED_PROXIES: "1" } },
  });
  const { gatewayUrl } = system;
  const boss = await admin(gatewayUrl);
  const products: string[] = [];
  while (products.length < 200) {
    const next = Array.from({ length: 10 }, (_, at) =>
      newProduct(boss, { name: `Tea ${products.length + at}`, stock: 1_000, ...large }),
    );
    products.push(...(await Promise.all(next)));
  }
  const { token } = await newCustomer(gatewayUrl);
  const customer = new Person(gatewayUrl, token, { "x-forwarded-for": "198.51.100.7" });
  return {
    system,
    gatewayUrl,
    products,
    customer,
    memoryLimitMi: Number.parseInt(services.gateway.resources.limits.memory, 10),
    gatewayPid: system.processes.get("gateway")?.pid ?? 0,
  };
}

/** A shopper who reads and orders until `stop`, and repeats what an overloaded gateway refused. */
export function shopper(customer: Person, products: readonly string[]) {
  const failures: string[] = [];
  /** How long served reads took, in microseconds. */
  const reads = createHistogram();
  let stopped = false;
  let served = 0;
  const once = async () => {
    const productId = products[served % products.length] ?? "";
    const began = performance.now();
    const read = await customer.ask(pages[served % pages.length] ?? "", { id: productId });
    const took = performance.now() - began;
    const input = { orderProducts: [{ productId, quantity: 1 }] };
    const placed = served % 10 === 0 ? await customer.ask(placeOrder, { input }) : { errors: [] };
    const codes = [...read.errors, ...placed.errors].map(({ extensions }) => extensions.code);
    // A client repeats a request after that.
    if (codes.includes("OVERLOADED")) return;
    reads.record(Math.max(1, Math.round(took * 1_000)));
    failures.push(...codes);
    served += 1;
  };
  const done = (async () => {
    while (!stopped) await once();
  })();
  return {
    /** Resolves when so many more requests were served. */
    serve(count: number) {
      const enough = served + count;
      return eventually("the shopper to be served", async () => served >= enough, 60_000);
    },
    async stop() {
      stopped = true;
      await done;
      return { served, failures, reads };
    },
  };
}
