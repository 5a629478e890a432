import type { MercuriusLoaders } from "mercurius";
import { connectionOf } from "../../graphql/connections.ts";
import { loadField } from "../../graphql/load-fields.ts";
import type { Resolvers } from "../schema-types.ts";
import type { ApiOrder } from "./model.ts";
import * as orders from "./operations.ts";

const orderLists = connectionOf<ApiOrder>(({ id }) => id);

export const resolversOf = (deps: orders.OrdersDeps): Resolvers => ({
  Query: {
    orders: (_, args, { call }) => orders.readOrders(deps, args, call),
    order: (_, { id }, { call }) => orders.readOrder(deps, id, call),
  },
  Mutation: {
    placeOrder: (_, { input }, { call }) => orders.placeOrder(deps, input, call),
    cancelOrder: (_, { input }, { call }) => orders.cancelOrder(deps, input, call),
    markOrderPaid: (_, { input }, { call }) => orders.markOrderPaid(deps, input, call),
  },
  User: {
    orders: ({ id }, page, { call }) => orders.readOrdersOf(deps, id, page, call),
  },
  OrderConnection: orderLists.connection,
  OrderEdge: orderLists.edge,
});

export const loadersOf = (deps: orders.OrdersDeps): MercuriusLoaders => ({
  Order: {
    history: loadField({
      idOf: ({ id }: { id: string }) => id,
      missing: [],
      load: async (ids, call) =>
        (await orders.readHistories(deps, ids, call)).map((one) => ({ id: one.orderId, value: one.transitions })),
    }),
  },
});
