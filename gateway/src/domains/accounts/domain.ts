import { readSchema } from "../../graphql/read-schema.ts";
import type { Domain } from "../domain.ts";
import { accountBatcher } from "./batched-calls.ts";
import { loadersOf, resolversOf } from "./resolvers.ts";

export const accounts: Domain = {
  typeDefs: readSchema(import.meta.dirname),
  // A password's hash takes a core for tens of milliseconds. A new password needs two.
  costs: { work: { "Mutation.login": 900, "Mutation.registerUser": 900, "Mutation.changePassword": 1_800 } },
  connect({ services }) {
    const deps = { accounts: services.accounts, account: accountBatcher(services) };
    return { resolvers: resolversOf(deps), loaders: loadersOf(deps) };
  },
};
