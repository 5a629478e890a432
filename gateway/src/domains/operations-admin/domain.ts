import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { resolversOf } from "./resolvers.ts";

const { dirname } = import.meta;

/** The operators' API: dead letters, and the story of an order. */
export const operationsAdmin: Domain = {
  typeDefs: `${readSchema(dirname)}\n${readSchema(dirname, "service-name.graphql")}`,
  // The story asks seven services and stores.
  costs: {
    longest: { "DeadLetter.event": 10_000 },
    work: { "Query.orderStory": 600 },
    listSizes: { "OrderStory.steps": 4, "StepEvent.handling": 3, "Reservation.lines": 10 },
  },
  connect: ({ services }) => ({ resolvers: resolversOf(services) }),
};
