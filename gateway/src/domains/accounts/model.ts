import type { Account, TokenPair } from "@sidecart/proto/accounts/v1/accounts";

/** An account as the API shows it. */
export type ApiUser = Account;

export const toTokens = ({ accessToken, refreshToken, expiresInSeconds }: TokenPair) => ({
  token: accessToken,
  refreshToken,
  expiresIn: expiresInSeconds,
});

export type ApiTokens = ReturnType<typeof toTokens>;
