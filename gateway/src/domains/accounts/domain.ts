import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { accountBatcher } from "./batched-calls.ts";
import { loadersOf, resolversOf } from "./resolvers.ts";

export const accounts: Domain = {
  typeDefs: readSchema(import.meta.dirname),
  connect({ services }) {
    const deps = { accounts: services.accounts, account: accountBatcher(services) };
    return { resolvers: resolversOf(deps), loaders: loadersOf(deps) };
  },
};
