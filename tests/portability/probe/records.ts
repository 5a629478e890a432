import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import { type Database, sqlFile } from "@sidecart/platform/database";
import { outboxRow } from "@sidecart/platform/events";
import type { CallContext } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Told } from "./told.ts";

/** Tables in addition to the product's. No key prevents a second effect, so that tests can detect it. */
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

const statement = sqlFile(join(import.meta.dirname, "records.sql"));
const write = statement("probe.write", z.strictObject({}));
const deliver = statement("probe.deliver", z.strictObject({ attempt: z.number() }));
const effect = statement("probe.effect", z.strictObject({ effects: z.number() }));

export type Written = { id: string; topic: string; key: string; data: JsonObject };

/** A probe's writes to its database, through its sidecar. */
export function createRecords(database: Database) {
  const { pid } = process;
  return {
    /** Writes events to the outbox, as a service's statement does. */
    async write(written: Written[], context: CallContext): Promise<void> {
      const rowOf = ({ id, topic, key, data }: Written) => ({
        ...outboxRow({ topic, schema: StructSchema }, key, data),
        id,
      });
      await database.one(write, { events: written.map(rowOf) }, context);
    },
    /** Records a delivery; returns its number among this event's deliveries, over all replicas and restarts. */
    async deliver(id: string, context: CallContext): Promise<number> {
      return (await database.one(deliver, { eventId: id, pid }, context)).attempt;
    },
    /** Writes the effect and its inbox row in one statement. */
    async effect(id: string, { run, key, version, padding }: Told, time: string, context: CallContext): Promise<void> {
      const row = { eventId: id, run, key, version, padding: padding.length, pid, committedAt: time };
      await database.one(effect, row, context);
    },
  };
}

export type Records = ReturnType<typeof createRecords>;
