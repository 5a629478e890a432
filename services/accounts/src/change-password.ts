import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, parse } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { address, prove } from "./log-in.ts";
import { checkPassword } from "./password.ts";
import { password } from "./register.ts";

const request = z.object({ currentPassword: password, newPassword: password, address });

/** Replaces the password and ends every session. Guesses at the current password are throttled like log-ins. */
export async function changePassword(deps: Deps, input: unknown, context: CallContext): Promise<void> {
  const { accountId } = await deps.verifier.caller(context);
  const { currentPassword, newPassword, address: from } = parse(request, input);
  const now = deps.clock.now();
  const attempt = await deps.sessions.attemptOn(accountId, from, now, context);
  if (!attempt.account) throw new AppError(accountErrors.accountNotFound);
  const { email, username, passwordHash } = await prove(
    deps,
    // A stolen token is used from anywhere, so no address is trusted here.
    { ...attempt, known: false },
    currentPassword,
    now,
    context,
    "The current password is wrong.",
  );
  checkPassword(newPassword, email, username, deps.local);
  const newHash = await deps.passwords.hash(newPassword, context);
  const change = { accountId, oldHash: passwordHash, newHash, address: from };
  const changed = await deps.sessions.changePassword(change, now, context);
  if (!changed) throw new AppError(accountErrors.invalidCredentials);
}
