import type { Clock } from "@sidecart/platform/ids";
import type { Verifier } from "@sidecart/platform/rpc";
import type { WidgetStore } from "./widget-store.ts";

/** The dependencies of the use cases; wired in app.ts. */
export type Deps = {
  widgets: WidgetStore;
  verifier: Verifier;
  clock: Clock;
};
