import type { CallContext } from "@sidecart/platform/call";
import { AppError } from "@sidecart/platform/errors";
import { parse } from "@sidecart/platform/input";
import { z } from "zod";
import { emailKey } from "./account.ts";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { checkPassword, hashPassword, passwordMatches } from "./password.ts";
import { password } from "./register.ts";
import { hashToken } from "./tokens.ts";

const request = z.object({ currentPassword: password, newPassword: password });

/** Replaces the password and ends every session; guesses at the current one are throttled like log-ins. */
export async function changePassword(deps: Deps, input: unknown, context: CallContext): Promise<void> {
  const { accountId } = await deps.verifier.caller(context);
  const { currentPassword, newPassword } = parse(request, input);
  const now = deps.clock.now();
  const account = await deps.sessions.byAccount(accountId, now, context);
  if (!account) throw new AppError(accountErrors.accountNotFound);
  const key = emailKey(account.email);
  const { blockedUntil } = await deps.sessions.byEmail(key, hashToken(key), now, context);
  if (blockedUntil !== null) throw new AppError(accountErrors.tooManyAttempts);
  if (!(await passwordMatches(account.passwordHash, currentPassword))) {
    await deps.sessions.noteFailure(hashToken(key), now, context);
    throw new AppError(accountErrors.invalidCredentials);
  }
  checkPassword(newPassword, account.email, account.username, deps.local);
  const hash = await hashPassword(newPassword);
  await deps.sessions.endAll(accountId, "password-changed", hash, now, context);
}
