import { eventsOf } from "@sidecart/platform/events";
import type { Redis } from "ioredis";

type Event<D> = Record<string, unknown> & { id: string; data: D };

/** The events of a message. */
export const eventsIn = <D = unknown>(message: string | Uint8Array) =>
  eventsOf(Buffer.from(message).toString()) as Event<D>[];

/** The events of a stream's entry, from its fields. */
export const eventsOfEntry = <D = unknown>(fields: string[]) => eventsIn<D>(fields[fields.indexOf("data") + 1] ?? "");

/** The events in a topic's stream, from that position on. */
export async function streamEvents<D = unknown>(redis: Redis, topic: string, from = "-"): Promise<Event<D>[]> {
  const entries = await redis.xrange(topic, from, "+");
  return entries.flatMap(([, fields]) => eventsOfEntry<D>(fields));
}
