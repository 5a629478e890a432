import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { AppError, type CallContext, commonErrors, id, parse, text } from "@sidecart/platform/rpc";
import { WidgetCreatedSchema } from "@sidecart/proto/warehouse/v1/events";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { widgetErrors } from "./errors.ts";
import type { Widget } from "./widget.ts";

const request = z.object({ name: text(1, 200), commandId: z.union([z.literal(""), id]) });

/**
 * Creates a widget of the caller. The command's id becomes the widget's id, so a repeated command returns the widget in
 * its current state.
 */
export async function createWidget(deps: Deps, input: unknown, context: CallContext): Promise<Widget> {
  const { accountId } = await deps.verifier.caller(context);
  const { name, commandId } = parse(request, input);
  const wanted = { id: commandId || newId(), accountId, name, createdAt: deps.clock.now() };
  const event = outboxRow(WidgetCreatedSchema, wanted.id, { widgetId: wanted.id, accountId });
  const stored = await deps.widgets.create(wanted, event, context);
  if (!stored) throw new AppError(widgetErrors.nameTaken);
  if (stored.accountId !== accountId) throw new AppError(commonErrors.forbidden);
  return stored;
}
