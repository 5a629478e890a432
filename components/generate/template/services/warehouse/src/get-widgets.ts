import { type CallContext, id, parse } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import type { Widget } from "./widget.ts";

const request = z.object({ ids: z.array(id).max(100) });

/** The caller's own; for an admin any. Ids that the caller may not see are left out. */
export async function getWidgets(deps: Deps, input: unknown, context: CallContext): Promise<Widget[]> {
  const { accountId, roles } = await deps.verifier.caller(context);
  const { ids } = parse(request, input);
  if (ids.length === 0) return [];
  return deps.widgets.byIds(ids, roles.includes("admin") ? null : accountId, context);
}
