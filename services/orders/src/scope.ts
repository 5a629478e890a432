import type { CallContext, Caller, Verifier } from "@sidecart/platform/rpc";

/**
 * Whose orders the caller may see and cancel: its own, or all (null) for an admin. Only for a token of an admin it asks
 * accounts whether the account still is one.
 */
export async function scope(
  verifier: Verifier,
  context: CallContext,
): Promise<{ caller: Caller; seen: string | null }> {
  const known = await verifier.caller(context);
  const caller = known.roles.includes("admin") ? await verifier.present(context) : known;
  return { caller, seen: caller.roles.includes("admin") ? null : caller.accountId };
}
