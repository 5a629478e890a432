import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallContext } from "@sidecart/platform/call";
import { AppError } from "@sidecart/platform/errors";
import { newId } from "@sidecart/platform/ids";
import { parse, text } from "@sidecart/platform/input";
import type { TokenPairSchema } from "@sidecart/proto/accounts/v1/accounts";
import { z } from "zod";
import { emailKey } from "./account.ts";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { passwordMatches, publishedPassword } from "./password.ts";
import { password } from "./register.ts";
import { accessTokenSeconds, hashToken, newRefreshToken, refreshTokenSeconds, signAccessToken } from "./tokens.ts";

export type TokenPair = MessageInitShape<typeof TokenPairSchema>;
const request = z.object({ email: text(0, 254), password });

/** Opens a session. What it answers, and how long that takes, does not tell whether the account exists. */
export async function logIn(deps: Deps, input: unknown, context: CallContext): Promise<TokenPair> {
  const asked = parse(request, input);
  const key = emailKey(asked.email);
  const emailHash = hashToken(key);
  const now = deps.clock.now();
  const { account, blockedUntil } = await deps.sessions.byEmail(key, emailHash, now, context);
  if (blockedUntil !== null) throw tooMany(blockedUntil, now);
  const refused = asked.password === publishedPassword && !deps.local;
  if (!(await passwordMatches(account?.passwordHash, asked.password)) || !account || refused) {
    await deps.sessions.noteFailure(emailHash, now, context);
    throw new AppError(accountErrors.invalidCredentials);
  }
  const familyId = newId();
  const refreshToken = newRefreshToken();
  const expiresAt = new Date(now.getTime() + refreshTokenSeconds * 1000);
  const { id: accountId, passwordChangedAt } = account;
  const hash = hashToken(refreshToken);
  const session = { familyId, accountId, passwordChangedAt, hash, emailHash, at: now, expiresAt };
  await deps.sessions.open(session, context);
  const accessToken = await signAccessToken(deps.keys, account, familyId, now);
  return { accessToken, refreshToken, expiresInSeconds: accessTokenSeconds };
}

function tooMany(blockedUntil: string, now: Date): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil((Date.parse(blockedUntil) - now.getTime()) / 1000));
  return new AppError(accountErrors.tooManyAttempts, { details: { retryAfterSeconds } });
}
