import { on, type Subscription } from "@sidecart/platform/events";
import { WidgetCreatedSchema } from "@sidecart/proto/warehouse/v1/events";
import type { Deps } from "./deps.ts";

/** The events that the service handles. */
export function subscriptions({ widgets, clock }: Pick<Deps, "widgets" | "clock">): Subscription[] {
  return [on(WidgetCreatedSchema, ({ data }, context) => widgets.markAnnounced(data.widgetId, clock.now(), context))];
}
