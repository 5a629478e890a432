import { join } from "node:path";
import { type Database, sqlFile } from "@sidecart/platform/database";
import type { OutboxRow } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";
import { type Widget, widget } from "./widget.ts";

const statement = sqlFile(join(import.meta.dirname, "widget-store.sql"));
const create = statement("widget.create", z.strictObject({ nameTaken: z.boolean(), stored: widget.nullable() }));
const byIds = statement("widget.by-ids", z.array(widget));
const markAnnounced = statement("widget.mark-announced", z.strictObject({ marked: z.number() }));

export type NewWidget = { id: string; accountId: string; name: string; createdAt: Date };
export type WidgetStore = ReturnType<typeof createWidgetStore>;

export function createWidgetStore(database: Database) {
  return {
    /** The new widget, or the one that already has the id; null if the account has another one with the name. */
    async create(wanted: NewWidget, event: OutboxRow, context: CallContext): Promise<Widget | null> {
      const run = () => database.one(create, { ...wanted, event }, context);
      let outcome = await run();
      // A concurrent statement wrote the row, which this one did not see. A second run sees it.
      if (!outcome.stored && !outcome.nameTaken) outcome = await run();
      return outcome.stored;
    },
    /** In any order; with `accountId` null, of all accounts. */
    byIds: (ids: string[], accountId: string | null, context: CallContext) =>
      database.one(byIds, { ids, accountId }, context),
    async markAnnounced(id: string, at: Date, context: CallContext): Promise<void> {
      await database.one(markAnnounced, { id, at }, context);
    },
  };
}
