import { systemClock } from "@sidecart/platform/ids";
import type { Platform, Wiring } from "@sidecart/platform/run";
import type { warehouse } from "../service.ts";
import type { Deps } from "./deps.ts";
import { rpc } from "./rpc.ts";
import { subscriptions } from "./subscriptions.ts";
import { createWidgetStore } from "./widget-store.ts";

/** Wires the service. */
export function wire({ database, verifier }: Platform<typeof warehouse>): Wiring<typeof warehouse> {
  const deps: Deps = { widgets: createWidgetStore(database), verifier, clock: systemClock };
  return { rpc: rpc(deps), subscriptions: subscriptions(deps) };
}
