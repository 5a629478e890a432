import {
  type DescMessage,
  fromJson,
  getOption,
  type JsonValue,
  type MessageJsonType,
  type MessageShape,
} from "@bufbuild/protobuf";
import { topic as topicOption } from "@sidecart/proto/options/v1/options";
import { z } from "zod";
import type { OutboxRow, WrittenRow } from "../database/written-events.ts";
import { newId } from "../ids.ts";
import { currentTraceparent } from "../telemetry/telemetry.ts";

/**
 * An event type: the proto message of its data, which declares its topic as an option. A test can pair another topic
 * with a message.
 */
export type EventType<D extends DescMessage = DescMessage> = D | { readonly topic: string; readonly schema: D };

/** The topic of an event type: `orders.order-placed.v1`. Throws when the message declares none. */
export function topicOf(type: EventType): string {
  if (isDeclared(type)) {
    const topic = getOption(type, topicOption);
    if (topic === "") throw new Error(`${type.typeName} declares no topic`);
    return topic;
  }
  return type.topic;
}

const isDeclared = <D extends DescMessage>(type: EventType<D>): type is D => "kind" in type;

/** The proto message of an event's data. */
export const schemaOf = <D extends DescMessage>(type: EventType<D>): D => (isDeclared(type) ? type : type.schema);

export type { OutboxRow, WrittenRow } from "../database/written-events.ts";

export const writtenRow: z.ZodType<WrittenRow> = z.strictObject({
  id: z.string(),
  topic: z.string(),
  key: z.string(),
  data: z.unknown(),
  traceparent: z.string().nullable(),
  createdAt: z.string(),
});

/** An event whose data the statement creates. */
export type PendingEvent = Omit<OutboxRow, "data">;

/**
 * Maximum size of an event's data as published. With the other attributes and the broker's headers, an event then fits
 * the default limit of all our brokers (NATS: 1 MiB, Kafka: 1 MiB and 12 bytes).
 */
export const maxEventBytes = 1_000_000;

/** An event that no broker would accept. Nothing was written. */
export class EventTooLarge extends Error {
  readonly topic: string;
  readonly bytes: number;

  constructor(topic: string, bytes: number) {
    super(`an event of ${topic} has ${bytes} bytes; the maximum is ${maxEventBytes}`);
    this.name = "EventTooLarge";
    this.topic = topic;
    this.bytes = bytes;
  }
}

/** The sidecar returns database rows as JSON inside JSON, and Go escapes each of these characters to six bytes. */
const escapedByGo = /[<>&\u2028\u2029]/g;

/** The largest number of bytes that an event's data has on its way to the broker. */
export function publishedBytes(data: unknown): number {
  const json = JSON.stringify(data);
  return Buffer.byteLength(json.replace(escapedByGo, "\\u0000"));
}

/**
 * The row of an event whose data is known before the statement runs. `key` is the id of the object that the event
 * concerns: the CloudEvent's subject. Throws EventTooLarge.
 */
export function outboxRow<D extends DescMessage>(
  type: EventType<D>,
  key: string,
  data: MessageJsonType<D>,
  traceparent = currentTraceparent(),
): OutboxRow {
  const topic = topicOf(type);
  const bytes = publishedBytes(data);
  if (bytes > maxEventBytes) throw new EventTooLarge(topic, bytes);
  return { id: newId(), topic, key, data, traceparent };
}

/** A CloudEvent 1.0 in JSON format, as in a message. */
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

/** The trace is that of the request that caused the event, not that of the relay. The event's handler continues it. */
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

/** The data as its proto message. Fields that a newer publisher added are ignored. */
export function eventData<D extends DescMessage>(type: EventType<D>, event: CloudEvent): MessageShape<D> {
  return fromJson(schemaOf(type), event.data as JsonValue, { ignoreUnknownFields: true });
}

/** The row of an event whose data the statement creates. The table refuses data that is too large. */
export function pendingEvent(type: EventType, key: string): PendingEvent {
  return { id: newId(), topic: topicOf(type), key, traceparent: currentTraceparent() };
}
