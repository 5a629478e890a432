import type { Database } from "@sidecart/platform/database";
import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { WidgetCreatedSchema } from "@sidecart/proto/warehouse/v1/events";
import t from "tap";
import { fillMessages } from "../../../tests/growth/fill/messages.ts";
import { everyStatementReadsLittle } from "../../../tests/support/plans.ts";
import { createWidgetStore } from "./widget-store.ts";

const soon = () => background(60_000);
const now = new Date();

t.test("statements of warehouse read no more rows for 100,000 widgets than for none", async (t) => {
  await everyStatementReadsLittle(t, "warehouse", () => ({
    folder: import.meta.dirname,
    run: runAll,
    async fill(query, size) {
      await query(
        `insert into widgets (id, account_id, name, created_at)
         select uuidv7(n * interval '-1 second'), gen_random_uuid(), n::text, now()
         from generate_series($1::int, 1, -1) n`,
        [size],
      );
      await fillMessages(query, size);
    },
  }));
});

/** Runs every statement at least once. */
async function runAll(database: Database): Promise<void> {
  const widgets = createWidgetStore(database);
  const [id, accountId] = [newId(), newId()];
  const event = outboxRow(WidgetCreatedSchema, id, { widgetId: id, accountId });
  await widgets.create({ id, accountId, name: "A name", createdAt: now }, event, soon());
  await widgets.byIds([id], accountId, soon());
  await widgets.markAnnounced(id, now, soon());
}
