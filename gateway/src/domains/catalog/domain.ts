import { eventType } from "@sidecart/platform/events";
import { ChangesSchema } from "@sidecart/proto/changes/v1/changes";
import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { createProductCache } from "./cache.ts";
import { productSource } from "./reads.ts";
import { loadersOf, resolversOf } from "./resolvers.ts";

export const catalog: Domain = {
  typeDefs: readSchema(import.meta.dirname),
  costs: {
    listSizes: {
      "ProductSearch.facets": 4,
      "Facet.values": 20,
      // The `first` of the field around it counts these rows.
      "ProductSearch.items": 1,
    },
  },
  follows: { service: "catalog", message: eventType("catalog.catalog-changed.v1", ChangesSchema) },
  connect({ services, maxAgeMs, timeoutMs }) {
    const cache = createProductCache({ source: productSource(services), maxAgeMs, timeoutMs });
    const deps = { catalog: services.catalog, cache };
    return { resolvers: resolversOf(deps), loaders: loadersOf(deps), apply: cache.apply };
  },
};
