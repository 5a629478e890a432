import { OrdersChangedSchema } from "@sidecart/proto/orders/v1/events";
import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { createOrderCache } from "./cache.ts";
import { placementBatcher } from "./placement-batch.ts";
import { orderSource } from "./reads.ts";
import { loadersOf, resolversOf } from "./resolvers.ts";

export const orders: Domain = {
  typeDefs: readSchema(import.meta.dirname),
  costs: { listSizes: { "Order.orderProducts": 10, "Order.history": 8 }, calling: ["User.orders"] },
  follows: { service: "orders", message: OrdersChangedSchema },
  connect({ services, verifier, invalidate, maxAgeMs, timeoutMs }) {
    const cache = createOrderCache({ source: orderSource(services), verifier, maxAgeMs, timeoutMs });
    const deps = { orders: services.orders, cache, place: placementBatcher(services), invalidate };
    return { resolvers: resolversOf(deps), loaders: loadersOf(deps), apply: cache.apply };
  },
};
