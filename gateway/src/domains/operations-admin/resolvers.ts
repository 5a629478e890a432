import { connectionOf } from "../../graphql/connections.ts";
import type { Resolvers } from "../schema-types.ts";
import type { ApiDeadLetter } from "./model.ts";
import { listDeadLetters, type OperationsAdminDeps, redriveDeadLetters } from "./operations.ts";

const letters = connectionOf<ApiDeadLetter>(({ position }) => position);

export const resolversOf = (deps: OperationsAdminDeps): Resolvers => ({
  Query: { deadLetters: (_, args, { call }) => listDeadLetters(deps, args, call) },
  Mutation: { redriveDeadLetters: (_, { input }, { call }) => redriveDeadLetters(deps, input, call) },
  DeadLetterConnection: letters.connection,
  DeadLetterEdge: letters.edge,
});
