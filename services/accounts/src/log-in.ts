import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, parse, text } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { emailKey } from "./email.ts";
import { accountErrors } from "./errors.ts";
import { isPublished } from "./password.ts";
import { password } from "./register.ts";
import type { Attempt, Credentials } from "./session-store.ts";
import { accessTokenSeconds, hashToken, newRefreshToken, refreshTokenSeconds, signAccessToken } from "./tokens.ts";

export type TokenPair = { accessToken: string; refreshToken: string; expiresInSeconds: number };
/** Where the person is, as the gateway sees it. Empty when nobody knows. */
export const address = text(0, 100).default("");
const request = z.object({ email: text(0, 254), password, address });

/** Opens a session. Neither the response nor its duration reveals whether the account exists. */
export async function logIn(deps: Deps, input: unknown, context: CallContext): Promise<TokenPair> {
  const requested = parse(request, input);
  const now = deps.clock.now();
  const attempt = await deps.sessions.attempt(emailKey(requested.email), requested.address, now, context);
  const account = await prove(deps, attempt, requested.password, now, context);
  const familyId = newId();
  const refreshToken = newRefreshToken();
  const expiresAt = new Date(now.getTime() + refreshTokenSeconds * 1000);
  const { id: accountId, passwordHash } = account;
  const hash = hashToken(refreshToken);
  const session = { familyId, accountId, passwordHash, hash, address: requested.address, at: now, expiresAt };
  if (!(await deps.sessions.open(session, context))) throw new AppError(accountErrors.invalidCredentials);
  const accessToken = await signAccessToken(deps.keys, account, familyId, now);
  return { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds };
}

/**
 * Returns the account, if the attempt is allowed and the password is correct. Throws otherwise. From a known address a
 * correct password is always enough, so that nobody can lock the owner out.
 */
export async function prove(
  deps: Pick<Deps, "passwords" | "local">,
  { account, allowed, known, blockedUntil }: Attempt,
  given: string,
  now: Date,
  context: CallContext,
  message?: string,
): Promise<Credentials> {
  if (!allowed && !known) throw tooMany(blockedUntil, now);
  const matches = await deps.passwords.matches(account?.passwordHash, given, context);
  const refused = isPublished(given) && !deps.local;
  if ((!matches || refused) && !allowed) throw tooMany(blockedUntil, now);
  if (!matches || !account || refused) throw new AppError(accountErrors.invalidCredentials, message ? { message } : {});
  return account;
}

function tooMany(blockedUntil: string | null, now: Date): AppError {
  const waitMs = blockedUntil === null ? 0 : Date.parse(blockedUntil) - now.getTime();
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new AppError(accountErrors.tooManyAttempts, { details: { retryAfterSeconds } });
}
