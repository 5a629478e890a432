import { createHash, randomBytes } from "node:crypto";
import { accessTokenType, tokenAudience, tokenIssuer } from "@sidecart/platform/rpc";
import { SignJWT } from "jose";
import type { Account } from "./account.ts";
import type { SigningKeys } from "./signing-keys.ts";

export const accessTokenSeconds = 15 * 60;
export const refreshTokenSeconds = 30 * 24 * 60 * 60;

/** Signs an access token (RFC 9068 profile) with account, session and roles. It is valid for 15 minutes. */
export function signAccessToken(
  keys: SigningKeys,
  account: Pick<Account, "id" | "roles">,
  sessionId: string,
  now: Date,
): Promise<string> {
  const { kid, key } = keys.current(now);
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ roles: account.roles, sid: sessionId })
    .setProtectedHeader({ alg: "ES256", typ: accessTokenType, kid })
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setSubject(account.id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenSeconds)
    .sign(key);
}

/** 256 random bits. The prefix lets secret scanners find a leaked token. */
export const newRefreshToken = (): string => `scr_${randomBytes(32).toString("base64url")}`;

/** SHA-256 in hex, as stored. A random token needs no salt. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");
