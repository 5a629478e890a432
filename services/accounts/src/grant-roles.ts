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
 * Replaces an account's roles. Admins cannot remove their own admin role, so one admin always remains. Access tokens
 * that were issued before keep the old roles for up to 15 minutes.
 */
export async function grantRoles(deps: Deps, input: unknown, context: CallContext): Promise<Account> {
  const caller = await deps.verifier.require(context, "admin");
  const requested = parse(request, input);
  if (requested.accountId === caller.accountId && !requested.roles.includes("admin")) {
    throw new AppError(commonErrors.forbidden, { message: "Only another admin can remove your admin role." });
  }
  const event = pendingEvent(AccountUpdatedSchema, requested.accountId);
  const account = await deps.accounts.grantRoles(
    requested.accountId,
    requested.roles,
    deps.clock.now(),
    event,
    context,
  );
  if (!account) throw new AppError(accountErrors.accountNotFound);
  return account;
}
