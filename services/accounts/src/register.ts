import type { CallContext } from "@sidecart/platform/call";
import { AppError } from "@sidecart/platform/errors";
import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { parse, text, untrimmedText } from "@sidecart/platform/input";
import type { Role } from "@sidecart/platform/tokens";
import { z } from "zod";
import { type Account, emailKey } from "./account.ts";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { accountRegistered } from "./events.ts";
import { checkPassword, hashPassword } from "./password.ts";

export const email = text(3, 254).pipe(z.email());
/** Only bounded here: whether it is a good one is `checkPassword`'s matter. */
export const password = untrimmedText(0, 1_024);
const request = z.object({ email, username: text(1, 60), password });

/** Opens an account for a customer. */
export async function register(deps: Deps, input: unknown, context: CallContext): Promise<Account> {
  return registerAs(deps, input, ["customer"], context);
}

export async function registerAs(deps: Deps, input: unknown, roles: Role[], context: CallContext): Promise<Account> {
  const asked = parse(request, input);
  checkPassword(asked.password, asked.email, asked.username, deps.local);
  const passwordHash = await hashPassword(asked.password);
  const id = newId();
  const account = {
    id,
    email: asked.email,
    emailKey: emailKey(asked.email),
    username: asked.username,
    roles,
    passwordHash,
  };
  const data = { accountId: id, email: asked.email, username: asked.username, roles };
  const event = outboxRow(accountRegistered, id, data);
  const created = await deps.accounts.register(account, deps.clock.now(), event, context);
  if (!created) throw new AppError(accountErrors.emailTaken);
  deps.kickOutbox();
  return created;
}
