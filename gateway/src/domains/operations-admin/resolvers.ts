import { connectionOf } from "../../graphql/connections.ts";
import type { Services } from "../../services.ts";
import type { Resolvers } from "../schema-types.ts";
import type { ApiDeadLetter } from "./model.ts";
import { listDeadLetters, redriveDeadLetters } from "./operations.ts";
import { readOrderStory } from "./order-story.ts";

const letters = connectionOf<ApiDeadLetter>(({ position }) => position);

export const resolversOf = (deps: Services): Resolvers => ({
  Query: {
    deadLetters: (_, args, { call }) => listDeadLetters(deps, args, call),
    orderStory: (_, { orderId }, { call }) => readOrderStory(deps, orderId, call),
  },
  Mutation: { redriveDeadLetters: (_, { input }, { call }) => redriveDeadLetters(deps, input, call) },
  DeadLetterConnection: letters.connection,
  DeadLetterEdge: letters.edge,
});
