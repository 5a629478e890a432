import { newId } from "@sidecart/platform/ids";
import { answered } from "../../calls/answer.ts";
import { checkId } from "../../calls/field-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import type { Services } from "../../services.ts";
import { type ApiWidget, toWidget } from "./model.ts";

export type WarehouseDeps = { client: Services["warehouse"] };

export async function readWidget({ client }: WarehouseDeps, id: string, call: GatewayCall): Promise<ApiWidget | null> {
  const { widgets: found } = await client.getWidgets({ ids: [checkId(id)] }, call.forService());
  const [only] = found;
  return only ? toWidget(only) : null;
}

export async function createWidget(
  { client }: WarehouseDeps,
  input: { name: string },
  call: GatewayCall,
): Promise<ApiWidget> {
  // We make the id, so that the sidecars may retry the call.
  const { widget: created } = await client.createWidget({ ...input, commandId: newId() }, call.forService());
  return toWidget(answered(created, "a widget"));
}
