import { newId } from "@sidecart/platform/ids";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { Account, TokenPair } from "@sidecart/proto/accounts/v1/accounts";
import { decodeJwt } from "jose";
import { inPages, type Paged } from "./batches.ts";
import type { GatewayContext } from "./context.ts";
import { checkId } from "./field-names.ts";
import { listOrders } from "./order-resolvers.ts";

const success = { success: true };

export const accountQueries = {
  async me(_: unknown, __: unknown, { together, call }: GatewayContext) {
    const account = await together.account(subject(call.authorization), call);
    if (!account) throw new AppError(commonErrors.unauthenticated);
    return account;
  },
  users: (_: unknown, args: Paged, { services, call }: GatewayContext) =>
    inPages(args, async (page) => (await services.accounts.listAccounts(page, call)).accounts),
  async user(_: unknown, { id }: { id: string }, { together, call }: GatewayContext) {
    return (await together.account(checkId(id), call)) ?? null;
  },
};

type Input<T> = { input: T };

export const accountMutations = {
  async registerUser(
    _: unknown,
    { input }: Input<{ email: string; username: string; password: string }>,
    { services, call, countLogin }: GatewayContext,
  ) {
    await countLogin();
    return (await services.accounts.register({ ...input, commandId: newId() }, call)).account;
  },
  async login(
    _: unknown,
    { input }: Input<{ email: string; password: string }>,
    { services, call, countLogin }: GatewayContext,
  ) {
    await countLogin();
    return toTokens((await services.accounts.logIn(input, call)).tokens);
  },
  async refreshToken(
    _: unknown,
    { input }: Input<{ refreshToken: string }>,
    { services, call, countLogin }: GatewayContext,
  ) {
    await countLogin();
    return toTokens((await services.accounts.refresh({ ...input, commandId: newId() }, call)).tokens);
  },
  async logout(_: unknown, { input }: Input<{ refreshToken: string }>, { services, call }: GatewayContext) {
    await services.accounts.logOut(input, call);
    return success;
  },
  logoutAll: (_: unknown, __: unknown, { services, call }: GatewayContext) => services.accounts.logOutAll({}, call),
  async changePassword(
    _: unknown,
    { input }: Input<{ currentPassword: string; newPassword: string }>,
    { services, call, countLogin }: GatewayContext,
  ) {
    await countLogin();
    await services.accounts.changePassword(input, call);
    return success;
  },
  async grantRoles(
    _: unknown,
    { input }: Input<{ accountId: string; roles: string[] }>,
    { services, call }: GatewayContext,
  ) {
    return (await services.accounts.grantRoles(input, call)).account;
  },
};

export const userFields = {
  orders: (user: Account, args: Paged, { services, call }: GatewayContext) =>
    listOrders(services, args, { accountId: user.id }, call),
};

const toTokens = (tokens: TokenPair | undefined) => ({
  token: tokens?.accessToken,
  refreshToken: tokens?.refreshToken,
  expiresIn: tokens?.expiresInSeconds,
});

/** Whose token it says it is. Only to know whom to ask for: the service verifies the token before it answers. */
function subject(authorization: string | undefined): string {
  try {
    return decodeJwt(authorization?.replace(/^Bearer /, "") ?? "").sub ?? "";
  } catch (cause) {
    throw new AppError(commonErrors.unauthenticated, { cause });
  }
}
