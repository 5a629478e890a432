import type { Clock } from "@sidecart/platform/ids";
import type { Verifier } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { AccountStore } from "./account-store.ts";
import type { PasswordQueue } from "./password-queue.ts";
import type { SessionStore } from "./session-store.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What the use cases need; wired in app.ts. */
export type Deps = {
  accounts: AccountStore;
  sessions: SessionStore;
  passwords: PasswordQueue;
  keys: SigningKeys;
  verifier: Verifier;
  clock: Clock;
  log: Logger;
  /** True only under `npm start`, where the published sample log-ins are permitted. */
  local: boolean;
};
