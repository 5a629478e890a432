import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import type { CallContext, Role } from "@sidecart/platform/rpc";
import { AppError, commonErrors, id, parse, shownName, untrimmedText } from "@sidecart/platform/rpc";
import { AccountRegisteredSchema } from "@sidecart/proto/accounts/v1/events";
import { z } from "zod";
import type { Account } from "./account.ts";
import type { NewAccount } from "./account-store.ts";
import type { Deps } from "./deps.ts";
import { emailAddress, emailKey } from "./email.ts";
import { accountErrors } from "./errors.ts";
import { checkPassword } from "./password.ts";

/** Only a bound on the length: `checkPassword` checks the strength. */
export const password = untrimmedText(0, 1_024);
/** The same for every retry of a command. */
export const commandId = z.union([z.literal(""), id]);
const request = z.object({ email: emailAddress, username: shownName(60), password, commandId });

/** Registers a customer. */
export async function register(deps: Deps, input: unknown, context: CallContext): Promise<Account> {
  return registerAs(deps, input, ["customer"], context);
}

/** The command's id becomes the account's id, so a retry of the command returns the same account. */
export async function registerAs(deps: Deps, input: unknown, roles: Role[], context: CallContext): Promise<Account> {
  const requested = parse(request, input);
  checkPassword(requested.password, requested.email, requested.username, deps.local);
  const passwordHash = await deps.passwords.hash(requested.password, context);
  const accountId = requested.commandId || newId();
  const { username } = requested;
  const account = {
    id: accountId,
    email: requested.email,
    emailKey: emailKey(requested.email),
    username,
    roles,
    passwordHash,
  };
  const event = outboxRow(AccountRegisteredSchema, accountId, { accountId, username, roles });
  const created = await deps.accounts.register(account, deps.clock.now(), event, context);
  return created ?? registeredBefore(deps, account, context);
}

async function registeredBefore(deps: Deps, wanted: NewAccount, context: CallContext): Promise<Account> {
  const [same] = await deps.accounts.byIds([wanted.id], context);
  if (!same) throw new AppError(accountErrors.emailTaken);
  if (emailKey(same.email) === wanted.emailKey) return same;
  throw new AppError(commonErrors.invalid, { message: "commandId: was used for another account" });
}
