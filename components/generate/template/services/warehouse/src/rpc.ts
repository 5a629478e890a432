import { type Implementation, implement } from "@sidecart/platform/rpc";
import { WarehouseService } from "@sidecart/proto/warehouse/v1/warehouse";
import { createWidget } from "./create-widget.ts";
import type { Deps } from "./deps.ts";
import { getWidgets } from "./get-widgets.ts";
import { toProto } from "./widget.ts";

/** The gRPC methods. Each calls its use case. */
export function rpc(deps: Deps): Implementation[] {
  const implementation = implement(WarehouseService, {
    createWidget: async (request, context) => ({ widget: toProto(await createWidget(deps, request, context)) }),
    getWidgets: async (request, context) => ({ widgets: (await getWidgets(deps, request, context)).map(toProto) }),
  });
  return [implementation];
}
