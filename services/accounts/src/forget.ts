import { type CallContext, throwIfDone } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";

/** Deletes all old sessions and log-in attempts. Returns the number of rows. */
export async function forgetOld(deps: Pick<Deps, "sessions" | "clock">, context: CallContext): Promise<number> {
  const now = deps.clock.now();
  let forgotten = 0;
  for (;;) {
    throwIfDone(context);
    const some = await deps.sessions.forget(now, context);
    if (some === 0) return forgotten;
    forgotten += some;
  }
}
