import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { resolversOf } from "./resolvers.ts";

const { dirname } = import.meta;

/** The operators' API: dead letters. */
export const operationsAdmin: Domain = {
  typeDefs: `${readSchema(dirname)}\n${readSchema(dirname, "service-name.graphql")}`,
  connect: ({ services }) => ({ resolvers: resolversOf(services) }),
};
