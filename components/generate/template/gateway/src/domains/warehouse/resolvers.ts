import type { Resolvers } from "../schema-types.ts";
import { createWidget, readWidget, type WarehouseDeps } from "./operations.ts";

export const resolversOf = (deps: WarehouseDeps): Resolvers => ({
  Query: { widget: (_, { id }, { call }) => readWidget(deps, id, call) },
  Mutation: { createWidget: (_, { input }, { call }) => createWidget(deps, input, call) },
});
