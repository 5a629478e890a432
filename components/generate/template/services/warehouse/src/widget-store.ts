import { type Database, instant, sql } from "@sidecart/platform/database";
import type { OutboxRow } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import type { Widget } from "./widget.ts";

const widgetJson = (w: string) => `jsonb_build_object('id', ${w}.id, 'accountId', ${w}.account_id, 'name', ${w}.name,
  'createdAt', ${instant(`${w}.created_at`)}, 'announcedAt', ${instant(`${w}.announced_at`)})`;

/** The row and its event, or neither. An id or a name that is taken raises no error: the answer says which. */
const create = sql(
  "widget.create",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(id uuid, account_id uuid, name text, created_at timestamptz, event jsonb)),
   created as (
     insert into widgets (id, account_id, name, created_at) select id, account_id, name, created_at from input
     on conflict do nothing returning *),
   existing as (select * from widgets where id = (select id from input)),
   event as (
     insert into outbox (id, topic, key, data, traceparent)
     select (event->>'id')::uuid, event->>'topic', event->>'key', event->'data', event->>'traceparent'
     from created, input returning 1)
   select jsonb_build_object('stored', coalesce((select ${widgetJson("created")} from created),
     (select ${widgetJson("existing")} from existing)), 'rows', (select count(*) from event))::text`,
);

const byIds = sql(
  "widget.by-ids",
  `select coalesce(jsonb_agg(${widgetJson("w")}), '[]')::text from widgets w
   where w.id = any (array(select jsonb_array_elements_text($1::jsonb->'ids')::uuid))
     and ($1::jsonb->>'account_id' is null or w.account_id = ($1::jsonb->>'account_id')::uuid)`,
);

/** Idempotent: the first delivery counts. */
const markAnnounced = sql(
  "widget.mark-announced",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(id uuid, at timestamptz)),
   marked as (
     update widgets set announced_at = (select at from input)
     where id = (select id from input) and announced_at is null returning 1)
   select jsonb_build_object('marked', (select count(*) from marked))::text`,
);

export type NewWidget = { id: string; accountId: string; name: string; createdAt: Date };
export type WidgetStore = ReturnType<typeof createWidgetStore>;

export function createWidgetStore(database: Database) {
  return {
    /** The new one, or what has its id already; null when the account has another of that name. */
    async create(wanted: NewWidget, event: OutboxRow, context: CallContext): Promise<Widget | null> {
      const row = { ...wanted, account_id: wanted.accountId, created_at: wanted.createdAt, event };
      return (await database.one<{ stored: Widget | null }>(create, row, context)).stored;
    },
    /** In no order. `accountId` null: anybody's. */
    byIds: (ids: string[], accountId: string | null, context: CallContext) =>
      database.one<Widget[]>(byIds, { ids, account_id: accountId }, context),
    async markAnnounced(id: string, at: Date, context: CallContext): Promise<void> {
      await database.one(markAnnounced, { id, at }, context);
    },
  };
}
