import type { MercuriusLoaders } from "mercurius";
import { loadField } from "../../graphql/load-fields.ts";
import type { Resolvers } from "../schema-types.ts";
import * as catalog from "./operations.ts";

export const resolversOf = (deps: catalog.CatalogDeps): Resolvers => ({
  Query: {
    products: (_, args, { call }) => catalog.listProducts(deps, args, call),
    product: (_, { id }, { call }) => catalog.readProduct(deps, id, call),
    searchProducts: (_, args, { call }) => catalog.searchProducts(deps, args, call),
    suggestProducts: (_, args, { call }) => catalog.suggestProducts(deps, args, call),
    reindexProgress: (_, { index }, { call }) => catalog.readReindex(deps, index, call),
  },
  Mutation: {
    createProduct: (_, { input }, { call }) => catalog.createProduct(deps, input, call),
    updateProduct: (_, { input }, { call }) => catalog.updateProduct(deps, input, call),
    updateInventory: async (_, { input }, { call }) => ({
      success: true,
      id: input.id.toLowerCase(),
      stock: await catalog.updateInventory(deps, input, call),
    }),
    reindex: (_, __, { call }) => catalog.reindex(deps, call),
  },
});

export const loadersOf = (deps: catalog.CatalogDeps): MercuriusLoaders => ({
  OrderProduct: {
    product: loadField({
      idOf: ({ productId }: { productId: string }) => productId,
      missing: null,
      load: async (ids, call) =>
        (await catalog.readProducts(deps, ids, call)).map((product) => ({ id: product.id, value: product })),
    }),
  },
});
