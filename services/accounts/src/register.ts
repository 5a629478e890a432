import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import type { CallContext, Role } from "@sidecart/platform/rpc";
import { AppError, commonErrors, id, parse, text, untrimmedText } from "@sidecart/platform/rpc";
import { AccountRegisteredSchema } from "@sidecart/proto/accounts/v1/events";
import { z } from "zod";
import { type Account, emailKey } from "./account.ts";
import type { NewAccount } from "./account-store.ts";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { checkPassword } from "./password.ts";

const email = text(3, 254).pipe(z.email());
/** Only bounded here: whether it is a good one is `checkPassword`'s matter. */
export const password = untrimmedText(0, 1_024);
/** Of one wish, however often a sidecar repeats it. */
export const commandId = z.union([z.literal(""), id]);
const request = z.object({ email, username: text(1, 60), password, commandId });

/** Opens an account for a customer. */
export async function register(deps: Deps, input: unknown, context: CallContext): Promise<Account> {
  return registerAs(deps, input, ["customer"], context);
}

/** The command's id becomes the account's: repeating the command gives the same account back. */
export async function registerAs(deps: Deps, input: unknown, roles: Role[], context: CallContext): Promise<Account> {
  const asked = parse(request, input);
  checkPassword(asked.password, asked.email, asked.username, deps.local);
  const passwordHash = await deps.passwords.hash(asked.password, context);
  const accountId = asked.commandId || newId();
  const { username } = asked;
  const account = { id: accountId, email: asked.email, emailKey: emailKey(asked.email), username, roles, passwordHash };
  const event = outboxRow(AccountRegisteredSchema, accountId, { accountId, email: asked.email, username, roles });
  const created = await deps.accounts.register(account, deps.clock.now(), event, context);
  return created ?? registeredBefore(deps, account, context);
}

async function registeredBefore(deps: Deps, wanted: NewAccount, context: CallContext): Promise<Account> {
  const [same] = await deps.accounts.byIds([wanted.id], context);
  if (!same) throw new AppError(accountErrors.emailTaken);
  if (emailKey(same.email) === wanted.emailKey) return same;
  throw new AppError(commonErrors.invalid, { message: "commandId: was used for another account" });
}
