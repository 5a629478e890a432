import type { Clock } from "@sidecart/platform/ids";
import { AppError, commonErrors, type Verifier, verifierFrom } from "@sidecart/platform/rpc";
import type { SessionStore } from "./session-store.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Verifies tokens with the keys of accounts and its own database, without a call. */
export function ownVerifier(
  keys: Pick<SigningKeys, "publicJwks">,
  sessions: Pick<SessionStore, "presentRoles">,
  clock: Clock,
): Verifier {
  return verifierFrom(
    async () => JSON.stringify(keys.publicJwks()),
    async ({ accountId, sessionId }, context) => {
      const roles = await sessions.presentRoles(accountId, sessionId, clock.now(), context);
      if (!roles) throw new AppError(commonErrors.unauthenticated);
      return roles;
    },
  );
}
