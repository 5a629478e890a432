import { on, type Subscription } from "@sidecart/platform/events";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import type { KnownAccountStore } from "./known-account-store.ts";

/** Keeps user names from accounts' events, to show them with orders. */
export function subscriptions({ knownAccounts }: { knownAccounts: KnownAccountStore }): Subscription[] {
  return [
    on(AccountRegisteredSchema, ({ data }, context) =>
      knownAccounts.keep({ id: data.accountId, username: data.username, version: 1 }, context),
    ),
    on(AccountUpdatedSchema, ({ data }, context) =>
      knownAccounts.keep({ id: data.accountId, username: data.username, version: data.version }, context),
    ),
  ];
}
