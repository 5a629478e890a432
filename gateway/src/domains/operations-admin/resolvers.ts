import type { Resolvers } from "../schema-types.ts";
import { listDeadLetters, type OperationsAdminDeps, redriveDeadLetters } from "./operations.ts";

export const resolversOf = (deps: OperationsAdminDeps): Resolvers => ({
  Query: { deadLetters: (_, args, { call }) => listDeadLetters(deps, args, call) },
  Mutation: { redriveDeadLetters: (_, { input }, { call }) => redriveDeadLetters(deps, input, call) },
});
