import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { resolversOf } from "./resolvers.ts";

export const warehouse: Domain = {
  typeDefs: readSchema(import.meta.dirname),
  connect: ({ services }) => ({ resolvers: resolversOf({ client: services.warehouse }) }),
};
