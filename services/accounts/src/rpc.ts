import { type Implementation, implement } from "@sidecart/platform/rpc";
import { AccountsService } from "@sidecart/proto/accounts/v1/accounts";
import { toProto } from "./account.ts";
import { changePassword } from "./change-password.ts";
import type { Deps } from "./deps.ts";
import { getAccounts, listAccounts } from "./get-accounts.ts";
import { grantRoles } from "./grant-roles.ts";
import { logIn } from "./log-in.ts";
import { logOut, logOutAll, refresh } from "./refresh.ts";
import { register } from "./register.ts";

/** The gRPC methods of accounts. Each calls its use case. */
export function rpc(deps: Deps): Implementation[] {
  const accounts = implement(AccountsService, {
    register: async (request, context) => ({ account: toProto(await register(deps, request, context)) }),
    logIn: async (request, context) => ({ tokens: await logIn(deps, request, context) }),
    refresh: async (request, context) => ({ tokens: await refresh(deps, request, context) }),
    logOut: async (request, context) => {
      await logOut(deps, request, context);
      return {};
    },
    logOutAll: async (_request, context) => ({ sessionsEnded: await logOutAll(deps, context) }),
    changePassword: async (request, context) => {
      await changePassword(deps, request, context);
      return {};
    },
    getAccounts: async (request, context) => ({ accounts: (await getAccounts(deps, request, context)).map(toProto) }),
    listAccounts: async (request, context) => {
      const { accounts: found, cursor } = await listAccounts(deps, request, context);
      return { accounts: found.map(toProto), cursor };
    },
    grantRoles: async (request, context) => ({ account: toProto(await grantRoles(deps, request, context)) }),
    getPresentRoles: async (_request, context) => ({ roles: [...(await deps.verifier.present(context)).roles] }),
    getJwks: async () => ({ jwksJson: JSON.stringify(deps.keys.publicJwks()) }),
  });
  return [accounts];
}
