import type { CallContext } from "@sidecart/platform/rpc";
import { id, pageSize, parse, readPage } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Account } from "./account.ts";
import type { Deps } from "./deps.ts";

const request = z.object({ ids: z.array(id).max(200) });
const listRequest = z.object({ first: pageSize(100), after: z.union([z.literal(""), id]) });

/** Returns the caller's own account; for an admin, any account. Omits accounts that the caller may not see. */
export async function getAccounts(deps: Deps, input: unknown, context: CallContext): Promise<Account[]> {
  const caller = await deps.verifier.caller(context);
  const { ids } = parse(request, input);
  const own = ids.filter((one) => one === caller.accountId);
  const asAdmin = own.length < ids.length && caller.roles.includes("admin");
  const { roles } = asAdmin ? await deps.verifier.present(context) : caller;
  const visible = roles.includes("admin") ? ids : own;
  return visible.length > 0 ? deps.accounts.byIds(visible, context) : [];
}

/** All accounts, newest first. Admin only. */
export async function listAccounts(
  deps: Deps,
  input: unknown,
  context: CallContext,
): Promise<{ accounts: Account[]; cursor: string }> {
  await deps.verifier.requirePresent(context, "admin");
  const { first, after } = parse(listRequest, input);
  const read = (count: number) => deps.accounts.newest(count, after || undefined, context);
  const { rows: accounts, cursor } = await readPage(first, read);
  return { accounts, cursor };
}
