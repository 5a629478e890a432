import { repeatWhileFull } from "@sidecart/platform/database";
import type { CallContext } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";

/** Deletes all old sessions and log-in attempts. Returns the number of rows. */
export async function forgetOld(deps: Pick<Deps, "sessions" | "clock">, context: CallContext): Promise<number> {
  const now = deps.clock.now();
  // The statement deletes from three tables, each with its own maximum, so only 0 means that nothing is left.
  return repeatWhileFull(1, context, () => deps.sessions.forget(now, context));
}
