import type { MercuriusLoaders } from "mercurius";
import { connectionOf } from "../../graphql/connections.ts";
import { loadField } from "../../graphql/load-fields.ts";
import type { Resolvers } from "../schema-types.ts";
import type { ApiUser } from "./model.ts";
import * as accounts from "./operations.ts";

const success = { success: true };
const users = connectionOf<ApiUser>(({ id }) => id);

export const resolversOf = (deps: accounts.AccountsDeps): Resolvers => ({
  Query: {
    me: (_, __, { call }) => accounts.readMe(deps, call),
    users: (_, page, { call }) => accounts.listUsers(deps, page, call),
    user: (_, { id }, { call }) => accounts.readUser(deps, id, call),
  },
  Mutation: {
    registerUser: (_, { input }, { call }) => accounts.register(deps, input, call),
    login: (_, { input }, { call }) => accounts.logIn(deps, input, call),
    refreshToken: (_, { input }, { call }) => accounts.refreshTokens(deps, input, call),
    async logout(_, { input }, { call }) {
      await accounts.logOut(deps, input, call);
      return success;
    },
    logoutAll: (_, __, { call }) => accounts.logOutAll(deps, call),
    async changePassword(_, { input }, { call }) {
      await accounts.changePassword(deps, input, call);
      return success;
    },
    grantRoles: (_, { input }, { call }) => accounts.grantRoles(deps, input, call),
  },
  UserConnection: users.connection,
  UserEdge: users.edge,
});

export const loadersOf = (deps: accounts.AccountsDeps): MercuriusLoaders => ({
  Order: {
    user: loadField({
      idOf: ({ userId }: { userId: string }) => userId,
      missing: null,
      load: async (ids, call) =>
        (await accounts.readUsers(deps, ids, call)).map((user) => ({ id: user.id, value: user })),
    }),
  },
});
