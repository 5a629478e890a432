import type { BulkEntry } from "../rpc/sidecar.ts";

/** An event on its way: a CloudEvent in JSON. */
type EncodedEvent = { id: string; event: Uint8Array };

/**
 * What the broker stores and delivers as one: a CloudEvent, or several of a topic in CloudEvents' JSON batch format. It is
 * known by the id of its first event.
 */
export type Message = BulkEntry & { ids: string[] };

/** So that few are handled again with one that fails, and what a replica has in hand at once stays bounded. */
const mostEvents = 50;
/** A larger event goes alone. */
const mostBytes = 128 * 1024;
/** A JSON array around encoded events, each of which has one character before it. */
const [open, comma, close] = [Buffer.from("["), Buffer.from(","), Buffer.from("]")];

/**
 * Events of one topic, as messages: what a message costs on its way (the broker's write, a delivery, an acknowledgement)
 * is paid once for those that go together. An event that goes alone is not wrapped.
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

/** What a message holds, before it is known to be events. */
export function eventsOf(body: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(body);
    return Array.isArray(parsed) && parsed.length > 0 ? parsed : [parsed];
  } catch {
    return [body];
  }
}

/** Neighbours in groups of so many bytes and items at most; what is larger than that is a group of its own. */
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
