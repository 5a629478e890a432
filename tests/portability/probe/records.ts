import type { JsonObject } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import { type Database, sql } from "@sidecart/platform/database";
import { outboxRow } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import type { Instruction } from "./instructions.ts";

/** Tables besides the product's. No unique key prevents a second effect, so that the tests can see it. */
export const probeTables = `
  create table if not exists probe_effects (
    event_id uuid not null, run text not null, key text not null,
    version int not null, padding int not null, pid int not null, committed_at timestamptz not null,
    handled_at timestamptz not null default clock_timestamp());
  create index if not exists probe_effects_run on probe_effects (run);
  create table if not exists probe_deliveries (event_id uuid not null, pid int not null);
  create index if not exists probe_deliveries_event on probe_deliveries (event_id);
  create table if not exists probe_latest (
    run text not null, key text not null, version int not null, primary key (run, key));
  grant select, insert, update on probe_effects, probe_deliveries, probe_latest to public`;

const write = sql(
  "probe.write",
  `with rows as (
     insert into outbox (id, topic, key, data)
     select id, topic, key, data
     from jsonb_to_recordset($1::jsonb->'events') as e(id uuid, topic text, key text, data jsonb)
     returning 1)
   select jsonb_build_object('written', (select count(*) from rows))::text`,
);

const deliver = sql(
  "probe.deliver",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(event_id uuid, pid int)),
   delivery as (insert into probe_deliveries (event_id, pid) select event_id, pid from input)
   select jsonb_build_object('attempt',
     1 + (select count(*) from probe_deliveries d, input i where d.event_id = i.event_id))::text`,
);

const effect = sql(
  "probe.effect",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(
       event_id uuid, run text, key text, version int, padding int, pid int, committed_at timestamptz)),
   first as (
     insert into inbox (event_id, handler) select event_id, 'probe' from input on conflict do nothing returning event_id),
   effect as (
     insert into probe_effects (event_id, run, key, version, padding, pid, committed_at)
     select i.* from input i, first returning 1),
   latest as (
     insert into probe_latest as l (run, key, version) select run, key, version from input, first
     on conflict (run, key) do update set version = excluded.version where l.version < excluded.version)
   select jsonb_build_object('effects', (select count(*) from effect))::text`,
);

export type Written = { id: string; topic: string; key: string; data: JsonObject };

/** Writes a probe's records to its database, through its sidecar. */
export function createRecords(database: Database) {
  const { pid } = process;
  return {
    /** Writes events to the outbox, like a service's statement. */
    async write(written: Written[], context: CallContext): Promise<void> {
      const rowOf = ({ id, topic, key, data }: Written) => ({
        ...outboxRow({ topic, schema: StructSchema }, key, data),
        id,
      });
      await database.one(write, { events: written.map(rowOf) }, context);
    },
    /** Records a delivery. Returns its number for this event, counted over all replicas and restarts. */
    async deliver(id: string, context: CallContext): Promise<number> {
      return (await database.one<{ attempt: number }>(deliver, { event_id: id, pid }, context)).attempt;
    },
    /** Writes the effect and its inbox row in one statement. */
    async effect(
      id: string,
      { run, key, version, padding }: Instruction,
      time: string,
      context: CallContext,
    ): Promise<void> {
      const row = { event_id: id, run, key, version, padding: padding.length, pid, committed_at: time };
      await database.one(effect, row, context);
    },
  };
}

export type Records = ReturnType<typeof createRecords>;
