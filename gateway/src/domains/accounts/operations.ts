import { newId } from "@sidecart/platform/ids";
import { AppError, type Batcher, commonErrors } from "@sidecart/platform/rpc";
import { decodeJwt } from "jose";
import { answered } from "../../calls/answer.ts";
import { fromEnum } from "../../calls/enum-names.ts";
import { checkId, withApiNames } from "../../calls/field-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import { inPages, type Listed, type PageInput } from "../../calls/paging.ts";
import type { Services } from "../../services.ts";
import { type ApiTokens, type ApiUser, toTokens, toUser, userField } from "./model.ts";

export type AccountsDeps = {
  accounts: Services["accounts"];
  account: Batcher<string, ApiUser | undefined>;
};

export async function readMe({ account }: AccountsDeps, call: GatewayCall): Promise<ApiUser> {
  const found = await account(subjectOf(call.authorization()), call.forService());
  if (!found) throw new AppError(commonErrors.unauthenticated);
  return found;
}

export async function readUser({ account }: AccountsDeps, id: string, call: GatewayCall): Promise<ApiUser | null> {
  return (await account(checkId(id), call.forService())) ?? null;
}

/** At most 100 ids. Returns the users that the caller may see. */
export async function readUsers({ accounts }: AccountsDeps, ids: string[], call: GatewayCall): Promise<ApiUser[]> {
  return (await accounts.getAccounts({ ids }, call.forService())).accounts.map(toUser);
}

export function listUsers({ accounts }: AccountsDeps, wanted: PageInput, call: GatewayCall): Promise<Listed<ApiUser>> {
  return inPages(wanted, async (page) => {
    const { accounts: found, cursor } = await accounts.listAccounts(page, call.forService());
    return { rows: found.map(toUser), cursor };
  });
}

export async function register(
  { accounts }: AccountsDeps,
  input: { email: string; username: string; password: string },
  call: GatewayCall,
): Promise<ApiUser> {
  await call.countLogin();
  const { account } = await accounts.register({ ...input, commandId: newId() }, call.forService());
  return toUser(answered(account, "an account"));
}

export async function logIn(
  { accounts }: AccountsDeps,
  input: { email: string; password: string },
  call: GatewayCall,
): Promise<ApiTokens> {
  await call.countLogin();
  const { tokens } = await accounts.logIn({ ...input, address: call.address() }, call.forService());
  return toTokens(answered(tokens, "tokens"));
}

export async function refreshTokens(
  { accounts }: AccountsDeps,
  input: { refreshToken: string },
  call: GatewayCall,
): Promise<ApiTokens> {
  await call.countLogin();
  const { tokens } = await accounts.refresh({ ...input, commandId: newId() }, call.forService());
  return toTokens(answered(tokens, "tokens"));
}

export async function logOut(
  { accounts }: AccountsDeps,
  input: { refreshToken: string },
  call: GatewayCall,
): Promise<void> {
  await accounts.logOut(input, call.forService());
}

export function logOutAll({ accounts }: AccountsDeps, call: GatewayCall): Promise<{ sessionsEnded: number }> {
  return accounts.logOutAll({}, call.forService());
}

export async function changePassword(
  { accounts }: AccountsDeps,
  input: { currentPassword: string; newPassword: string },
  call: GatewayCall,
): Promise<void> {
  await call.countLogin();
  await accounts.changePassword({ ...input, address: call.address() }, call.forService());
}

export async function grantRoles(
  { accounts }: AccountsDeps,
  { userId, roles }: { userId: string; roles: string[] },
  call: GatewayCall,
): Promise<ApiUser> {
  const request = { accountId: userId, roles: roles.map(fromEnum) };
  const { account } = await withApiNames(accounts.grantRoles(request, call.forService()), userField);
  return toUser(answered(account, "an account"));
}

/** The account id in the token. The token is not verified here: the service verifies it. */
function subjectOf(authorization: string | undefined): string {
  try {
    return decodeJwt(authorization?.replace(/^Bearer +/i, "") ?? "").sub ?? "";
  } catch (cause) {
    throw new AppError(commonErrors.unauthenticated, { cause });
  }
}
