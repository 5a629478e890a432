import type { Account, TokenPair } from "@sidecart/proto/accounts/v1/accounts";
import { toEnum } from "../../calls/enum-names.ts";
import type { Edge, Listed } from "../../calls/paging.ts";

/** A user as the API shows it: the services call it an account. */
export const toUser = (account: Account) => ({ ...account, roles: account.roles.map(toEnum) });

export type ApiUser = ReturnType<typeof toUser>;

export type ApiUserConnection = Listed<ApiUser>;
export type ApiUserEdge = Edge<ApiUser>;

/** The API's name of a field that accounts refuses. */
export const userField = (field: string) => field.replace(/^accountId$/, "userId");

export const toTokens = ({ accessToken, refreshToken, expiresInSeconds }: TokenPair) => ({
  token: accessToken,
  refreshToken,
  expiresIn: expiresInSeconds,
});

export type ApiTokens = ReturnType<typeof toTokens>;
