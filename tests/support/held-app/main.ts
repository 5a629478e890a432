import { once } from "node:events";
import { type Implementation, implement } from "@sidecart/platform/rpc";
import { run } from "@sidecart/platform/run";
import { OrdersService } from "@sidecart/proto/orders/v1/orders";

/** An app whose methods respond only after SIGTERM has arrived. It calls catalog. */
async function respondAfterSignal() {
  process.stdout.write("called\n");
  await once(process, "SIGTERM");
  await new Promise((resolve) => setImmediate(resolve));
  return {};
}

const names = OrdersService.methods.map(({ localName }) => localName);
const handlers = Object.fromEntries(names.map((name) => [name, respondAfterSignal]));
const rpc: Implementation[] = [implement(OrdersService, handlers as never)];

await run({
  service: { name: "orders", calls: { catalog: ["CatalogService/GetProducts"] } },
  wire: () => ({ rpc }),
});
