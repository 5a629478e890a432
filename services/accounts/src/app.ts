import { availableParallelism } from "node:os";
import { systemClock } from "@sidecart/platform/ids";
import type { Platform, Wiring } from "@sidecart/platform/run";
import { startSweep } from "@sidecart/platform/run";
import type { accounts } from "../service.ts";
import { createAccountStore } from "./account-store.ts";
import type { Deps } from "./deps.ts";
import { ensureFirstAdmin } from "./first-admin.ts";
import { forgetOld } from "./forget.ts";
import { ownVerifier } from "./own-verifier.ts";
import { createPasswordQueue } from "./password-queue.ts";
import { rpc } from "./rpc.ts";
import { createSessionStore } from "./session-store.ts";
import { loadSigningKeys } from "./signing-keys.ts";

const keysMs = 30_000;
const forgetMs = 10 * 60_000;
/** About 2 seconds of work on two cores. */
const passwordsWaiting = 64;

/** Wires accounts. It verifies tokens with its own keys. */
export async function wire(platform: Platform<typeof accounts>): Promise<Wiring<typeof accounts>> {
  const { database, log, secret } = platform;
  const keys = await loadSigningKeys(async () => (await secret("accounts-signing-keys")).jwks ?? "");
  const sessions = createSessionStore(database);
  const deps: Deps = {
    accounts: createAccountStore(database),
    sessions,
    passwords: createPasswordQueue(availableParallelism(), passwordsWaiting),
    verifier: ownVerifier(keys, sessions, systemClock),
    clock: systemClock,
    keys,
    log,
    local: platform.config.SIDECART_LOCAL,
  };
  await ensureFirstAdmin(deps, await secret("accounts-first-admin"));
  const sweeps = [
    startSweep("signing keys", keysMs, log, () => keys.reload()),
    startSweep("old sessions", forgetMs, log, async (context) => {
      await forgetOld(deps, context);
    }),
  ];
  return {
    rpc: rpc(deps),
    subscriptions: [],
    verifier: deps.verifier,
    stop: async () => void (await Promise.all(sweeps.map((one) => one.stop()))),
  };
}
