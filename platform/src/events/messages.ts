import type { BulkEntry } from "../rpc/sidecar.ts";

/** An event to be published: a CloudEvent in JSON. */
type EncodedEvent = { id: string; event: Uint8Array };

/**
 * What the broker stores and delivers as a unit: a CloudEvent, or several of one topic in CloudEvents' JSON batch
 * format. Its id is that of its first event.
 */
export type Message = BulkEntry & { ids: string[] };

/** Limits how many events are redelivered together with one that fails, and how many a replica handles at once. */
const mostEvents = 50;
/** A larger event has a message of its own. */
const mostBytes = 128 * 1024;
/** A JSON array of encoded events. Each event is preceded by one character. */
const [open, comma, close] = [Buffer.from("["), Buffer.from(","), Buffer.from("]")];

/**
 * Groups events of one topic into messages. The cost of a message (the broker's write, a delivery, an acknowledgement)
 * is shared by its events. A single event is not wrapped.
 */
export function messagesOf(events: EncodedEvent[]): Message[] {
  const most = { bytes: mostBytes - close.length, count: mostEvents };
  return cut(events, ({ event }) => event.length + comma.length, most).map(message);
}

function message(events: EncodedEvent[]): Message {
  const [first, ...more] = events;
  if (!first) throw new Error("a message has an event");
  const ids = events.map(({ id }) => id);
  const { id, event } = first;
  if (more.length === 0) return { id, ids, body: event, contentType: "application/cloudevents+json" };
  const parts = events.flatMap((one, place) => [place === 0 ? open : comma, one.event]);
  return { id, ids, body: Buffer.concat([...parts, close]), contentType: "application/cloudevents-batch+json" };
}

/** The items of a message, before they are validated as events. */
export function eventsOf(body: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(body);
    return Array.isArray(parsed) && parsed.length > 0 ? parsed : [parsed];
  } catch {
    return [body];
  }
}

/** Splits consecutive items into groups of at most so many bytes and items. A larger item is a group of its own. */
export function cut<T>(items: T[], bytesOf: (item: T) => number, most: { bytes: number; count: number }): T[][] {
  const groups: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    bytes += bytesOf(item);
    const last = groups.at(-1);
    if (last && bytes <= most.bytes && last.length < most.count) {
      last.push(item);
    } else {
      groups.push([item]);
      bytes = bytesOf(item);
    }
  }
  return groups;
}
