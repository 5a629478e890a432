import { CatalogChangedSchema } from "@sidecart/proto/catalog/v1/events";
import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { createProductCache } from "./cache.ts";
import { productSource } from "./reads.ts";
import { loadersOf, resolversOf } from "./resolvers.ts";

export const catalog: Domain = {
  typeDefs: readSchema(import.meta.dirname),
  costs: {
    // A fuzzy search reads thousands of terms, a suggestion hundreds.
    work: { "Query.searchProducts": 900, "Query.products(query)": 900, "Query.suggestProducts": 300 },
    listSizes: { "ProductSearchConnection.facets": 4, "Facet.values": 20 },
    longest: { "Product.imageUrl": 8_192, "Product.description": 5_000, "Product.attributes": 8_000 },
    weights: { "Product.imageUrl": 4, "Product.description": 4, "Product.attributes": 4 },
  },
  follows: { service: "catalog", message: CatalogChangedSchema },
  connect({ services, maxAgeMs, timeoutMs }) {
    const cache = createProductCache({ source: productSource(services), maxAgeMs, timeoutMs });
    const deps = { catalog: services.catalog, cache };
    return { resolvers: resolversOf(deps), loaders: loadersOf(deps), apply: cache.apply };
  },
};
