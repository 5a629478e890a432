import { availableParallelism } from "node:os";
import { background } from "@sidecart/platform/call";
import { AppError } from "@sidecart/platform/errors";
import { systemClock } from "@sidecart/platform/ids";
import type { Platform, Wiring } from "@sidecart/platform/service";
import { startSweep } from "@sidecart/platform/sweep";
import { verifierFrom } from "@sidecart/platform/tokens";
import { createAccountStore } from "./account-store.ts";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { forgetOld } from "./forget.ts";
import { publishedPassword } from "./password.ts";
import { createPasswordQueue } from "./password-queue.ts";
import { registerAs } from "./register.ts";
import { rpc } from "./rpc.ts";
import { createSessionStore } from "./session-store.ts";
import { loadSigningKeys } from "./signing-keys.ts";

const keysMs = 30_000;
const forgetMs = 10 * 60_000;
/** About 2 seconds of work on two cores. */
const passwordsWaiting = 64;

/** Accounts, wired. It verifies tokens with its own keys: there is nobody else to ask. */
export async function wire(platform: Platform): Promise<Wiring> {
  const { database, log, kickOutbox, secret } = platform;
  const keys = await loadSigningKeys(async () => (await secret("accounts-signing-keys")).jwks ?? "");
  const deps: Deps = {
    accounts: createAccountStore(database),
    sessions: createSessionStore(database),
    passwords: createPasswordQueue(availableParallelism(), passwordsWaiting),
    verifier: verifierFrom(async () => JSON.stringify(keys.publicJwks())),
    clock: systemClock,
    keys,
    log,
    local: platform.config.SIDECART_LOCAL,
    kickOutbox,
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

/** Makes the account that can make the others. Its log-in comes from the secret store; later changes there do nothing. */
async function ensureFirstAdmin(deps: Deps, admin: Record<string, string>): Promise<void> {
  const { email, password } = admin;
  if (password === publishedPassword && !deps.local) {
    throw new Error("secret accounts-first-admin: the published sample password is refused outside local mode");
  }
  try {
    await registerAs(
      deps,
      { email, username: "admin", password, commandId: "" },
      ["admin", "customer"],
      background(30_000),
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== accountErrors.emailTaken.code) throw error;
  }
}
