import { on, type Subscription } from "@sidecart/platform/events";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import type { KnownAccountStore } from "./known-account-store.ts";

/** What orders hears: it keeps the names of people, to show them beside orders. */
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
