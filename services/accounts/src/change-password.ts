import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, parse } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { prove } from "./log-in.ts";
import { checkPassword } from "./password.ts";
import { password } from "./register.ts";

const request = z.object({ currentPassword: password, newPassword: password });

/** Replaces the password and ends every session. Guesses at the current password are throttled like log-ins. */
export async function changePassword(deps: Deps, input: unknown, context: CallContext): Promise<void> {
  const { accountId } = await deps.verifier.caller(context);
  const { currentPassword, newPassword } = parse(request, input);
  const now = deps.clock.now();
  const attempt = await deps.sessions.attemptOn(accountId, now, context);
  if (!attempt.account) throw new AppError(accountErrors.accountNotFound);
  const { email, username, passwordHash } = await prove(
    deps,
    attempt,
    currentPassword,
    now,
    context,
    "The current password is wrong.",
  );
  checkPassword(newPassword, email, username, deps.local);
  const newHash = await deps.passwords.hash(newPassword, context);
  const changed = await deps.sessions.changePassword(accountId, passwordHash, newHash, now, context);
  if (!changed) throw new AppError(accountErrors.invalidCredentials);
}
