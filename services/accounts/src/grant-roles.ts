import { pendingEvent } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, commonErrors, id, parse, roles } from "@sidecart/platform/rpc";
import { AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import { z } from "zod";
import type { Account } from "./account.ts";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";

const request = z.object({
  accountId: id,
  roles: z
    .array(z.enum(roles))
    .min(1)
    .transform((some) => [...new Set(some)]),
});

/**
 * Replaces an account's roles. Nobody takes the admin role from oneself, so that one admin always remains. Access tokens
 * that are out keep the old roles for at most 15 minutes.
 */
export async function grantRoles(deps: Deps, input: unknown, context: CallContext): Promise<Account> {
  const caller = await deps.verifier.require(context, "admin");
  const asked = parse(request, input);
  if (asked.accountId === caller.accountId && !asked.roles.includes("admin")) {
    throw new AppError(commonErrors.forbidden, { message: "Another admin has to take your admin role." });
  }
  const event = pendingEvent(AccountUpdatedSchema, asked.accountId);
  const account = await deps.accounts.grantRoles(asked.accountId, asked.roles, deps.clock.now(), event, context);
  if (!account) throw new AppError(accountErrors.accountNotFound);
  return account;
}
