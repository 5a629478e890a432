import type { Adapter, CaseName } from "../adapter.ts";
import { startDirect } from "../direct/system.ts";
import { cases } from "../sidecart/requests.ts";
import type { World } from "../sidecart/world.ts";

export const adapter: Adapter<World> = {
  name: "direct",
  prepare: startDirect,
  cases: pick(
    "product",
    "product-uncached",
    "products",
    "orders",
    "order",
    "place-order",
    "place-order-hot",
    "oversell",
  ),
  notes: {
    product: "has no cache: the same as `product-uncached`",
    "place-order": "two statements per order, each with an outbox row, which is never published",
  },
};

function pick(...names: CaseName[]): Adapter<World>["cases"] {
  return Object.fromEntries(names.map((name) => [name, cases[name]]));
}
