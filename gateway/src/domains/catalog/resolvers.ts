import type { GraphQLResolveInfo } from "graphql";
import type { MercuriusLoaders } from "mercurius";
import { connectionOf } from "../../graphql/connections.ts";
import { loadField } from "../../graphql/load-fields.ts";
import { selects } from "../../graphql/selected-fields.ts";
import type { Resolvers } from "../schema-types.ts";
import type { ApiProduct } from "./model.ts";
import * as catalog from "./operations.ts";

const products = connectionOf<ApiProduct>(({ id }) => id);

export const resolversOf = (deps: catalog.CatalogDeps): Resolvers => ({
  Query: {
    products: (_, args, { call }, info) =>
      catalog.listProducts(deps, { ...args, positions: needsPositions(info) }, call),
    product: (_, { id }, { call }) => catalog.readProduct(deps, id, call),
    searchProducts: (_, args, { call }, info) => {
      const shown = { positions: needsPositions(info), facets: selects(info, "facets") };
      return catalog.searchProducts(deps, { ...args, ...shown }, call);
    },
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
  ProductConnection: products.connection,
  ProductSearchConnection: products.connection,
  ProductEdge: products.edge,
});

const needsPositions = (info: GraphQLResolveInfo) => selects(info, "edges", "pageInfo");

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
