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
 * Replaces an account's roles. The statement itself checks that the caller is still an admin in an open session. Admins
 * cannot remove their own admin role, so one admin always remains.
 */
export async function grantRoles(deps: Deps, input: unknown, context: CallContext): Promise<Account> {
  const admin = await deps.verifier.require(context, "admin");
  const { accountId: id, roles } = parse(request, input);
  if (id === admin.accountId && !roles.includes("admin")) {
    throw new AppError(commonErrors.forbidden, { message: "Only another admin can remove your admin role." });
  }
  const event = pendingEvent(AccountUpdatedSchema, id);
  const granted = await deps.accounts.grantRoles({ id, roles, admin }, deps.clock.now(), event, context);
  if (!granted.adminRoles) throw new AppError(commonErrors.unauthenticated);
  if (!granted.adminRoles.includes("admin")) throw new AppError(commonErrors.forbidden);
  if (!granted.account) throw new AppError(accountErrors.accountNotFound);
  return granted.account;
}
