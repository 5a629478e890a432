import {
  type DescMessage,
  fromJson,
  type JsonValue,
  type MessageJsonType,
  type MessageShape,
} from "@bufbuild/protobuf";
import { z } from "zod";
import { newId } from "./ids.ts";
import { currentTraceparent } from "./telemetry.ts";

/** A kind of event: its topic (`orders.order-placed.v1`) and the proto message its data is. */
export type EventType<D extends DescMessage = DescMessage> = { readonly topic: string; readonly schema: D };

export const eventType = <D extends DescMessage>(topic: string, schema: D): EventType<D> => ({ topic, schema });

/** An outbox row as a statement takes it in: `data` is the message as proto JSON. */
export type OutboxRow = { id: string; topic: string; key: string; data: unknown; traceparent: string | null };

/** The row for an event whose data is known before the statement runs. `key` orders what concerns one thing. */
export function outboxRow<D extends DescMessage>(type: EventType<D>, key: string, data: MessageJsonType<D>): OutboxRow {
  return { id: newId(), topic: type.topic, key, data, traceparent: currentTraceparent() };
}

/** CloudEvents 1.0 in JSON format, as we publish it and as the broker gives it back. */
export const cloudEvent = z.object({
  specversion: z.literal("1.0"),
  id: z.uuid(),
  type: z.string(),
  source: z.string(),
  time: z.string(),
  subject: z.string().optional(),
  traceparent: z.string().optional(),
  data: z.unknown(),
});
export type CloudEvent = z.infer<typeof cloudEvent>;

/** The trace ids are ours, not the relay's: whoever handles the event belongs to the trace that caused it. */
export function toCloudEvent(row: OutboxRow, source: string, time: string): Uint8Array {
  const trace = row.traceparent ? { traceparent: row.traceparent, traceid: row.traceparent } : {};
  const event = {
    specversion: "1.0",
    id: row.id,
    type: row.topic,
    source,
    time,
    subject: row.key,
    datacontenttype: "application/json",
    ...trace,
    data: row.data,
  };
  return Buffer.from(JSON.stringify(event));
}

/** The data as its proto message; fields that a newer publisher added are passed over. */
export function eventData<D extends DescMessage>(type: EventType<D>, event: CloudEvent): MessageShape<D> {
  return fromJson(type.schema, event.data as JsonValue, { ignoreUnknownFields: true });
}

/** The row for an event whose data the statement itself puts together. */
export function pendingEvent(type: EventType, key: string): Omit<OutboxRow, "data"> {
  return { id: newId(), topic: type.topic, key, traceparent: currentTraceparent() };
}
