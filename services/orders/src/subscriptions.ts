import { on, type Subscription } from "@sidecart/platform/events";
import * as events from "./events.ts";
import type { NeighbourStore } from "./neighbour-store.ts";

/** What orders hears: it keeps the names of people, to show them beside orders. */
export function subscriptions({ neighbours }: { neighbours: NeighbourStore }): Subscription[] {
  return [
    on(events.accountRegistered, ({ data }, context) =>
      neighbours.keepAccount({ id: data.accountId, username: data.username, version: 1 }, context),
    ),
    on(events.accountUpdated, ({ data }, context) =>
      neighbours.keepAccount({ id: data.accountId, username: data.username, version: data.version }, context),
    ),
  ];
}
