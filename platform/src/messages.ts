import type { BulkEntry } from "./sidecar.ts";

/** An event on its way: a CloudEvent in JSON. */
export type EncodedEvent = { id: string; event: Uint8Array };

/** What the broker stores and delivers as one: a CloudEvent, or several of a topic in CloudEvents' JSON batch format. */
export type Message = BulkEntry & { ids: string[] };

/** So that few are handled again with one that fails, and what a replica has in hand at once stays bounded. */
const mostEvents = 50;
/** A larger event goes alone. */
const mostBytes = 128 * 1024;

/**
 * Events of one topic, as messages: what a message costs on its way (the broker's write, a delivery, an acknowledgement)
 * is paid once for those that go together. An event that goes alone is not wrapped.
 */
export function messagesOf(events: EncodedEvent[]): Message[] {
  return cut(events, ({ event }) => event.length + 1, { bytes: mostBytes, count: mostEvents }).map(message);
}

function message(events: EncodedEvent[]): Message {
  const [first, ...more] = events;
  if (!first) throw new Error("a message has an event");
  const ids = events.map(({ id }) => id);
  if (more.length === 0) return { ...first, ids, contentType: "application/cloudevents+json" };
  const json = events.map(({ event }) => Buffer.from(event).toString()).join(",");
  return { id: first.id, ids, event: Buffer.from(`[${json}]`), contentType: "application/cloudevents-batch+json" };
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
