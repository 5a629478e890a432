import { join } from "node:path";
import { withoutSecrets } from "@sidecart/pluggable/safe-error";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { sqlFile } from "../database/sql-file.ts";
import { derivedId } from "../ids.ts";
import { background, type CallContext } from "../rpc/call.ts";
import { type CloudEvent, cloudEvent } from "./events.ts";

const deadLetter = z.strictObject({
  eventId: z.string(),
  topic: z.string(),
  event: z.unknown(),
  error: z.string(),
  attempts: z.number(),
  diedAt: z.string(),
  /** With microseconds, which a position needs. */
  diedAtMicros: z.string(),
});
export type DeadLetter = z.infer<typeof deadLetter>;
/** Null: all. */
export type DeadLetterFilter = { onlyTopic: string | null; errorPart: string | null };
export type DeadLetterPosition = Pick<DeadLetter, "diedAtMicros" | "eventId" | "topic">;

const statement = sqlFile(join(import.meta.dirname, "dead-letters.sql"));
const keep = statement("dead-letters.keep", z.strictObject({ kept: z.number() }));
const listed = z.strictObject({ total: z.number(), deadLetters: z.array(deadLetter) });
const oldest = statement("dead-letters.oldest", listed);
const after = statement("dead-letters.after", listed);
const byEvents = statement("dead-letters.by-events", listed);
const remove = statement("dead-letters.remove", z.strictObject({ removed: z.number() }));

/** A message that is not a CloudEvent gets an id derived from its content. */
export const unreadableId = (topic: string, raw: unknown): string => derivedId(topic, JSON.stringify(raw) ?? "");

/** Messages that failed all attempts, stored with their error until an operator redrives them (ADR 0004). */
export type DeadLetters = ReturnType<typeof createDeadLetters>;

export function createDeadLetters(database: Database) {
  const store = (eventId: string, topic: string, event: unknown, error: string, attempts: number) =>
    database.one(keep, storable({ eventId, topic, event, error: error.slice(0, 4_000), attempts }), background(5_000));
  return {
    async keep(topic: string, event: CloudEvent, error: unknown, attempts: number): Promise<void> {
      await store(event.id, topic, event, describe(error), attempts);
    },
    async unreadable(topic: string, raw: unknown, problem: string): Promise<void> {
      await store(unreadableId(topic, raw), topic, { unreadable: raw }, problem, 1);
    },
    /** The oldest ones, or those of these events. The total counts all that the filter selects. */
    list: (first: number, eventIds: string[] | null, filter: DeadLetterFilter, context: CallContext) =>
      database.one(eventIds ? byEvents : oldest, { first, eventIds, ...filter }, context),
    /** The oldest ones behind a position. */
    listAfter(
      first: number,
      { diedAtMicros, eventId, topic }: DeadLetterPosition,
      filter: DeadLetterFilter,
      context: CallContext,
    ) {
      return database.one(
        after,
        { first, afterAt: diedAtMicros, afterId: eventId, afterTopic: topic, ...filter },
        context,
      );
    },
    /** Handles a dead letter again, and removes it when that succeeds. */
    async redrive(
      letter: DeadLetter,
      handle: (topic: string, event: CloudEvent) => Promise<void>,
      context: CallContext,
    ): Promise<boolean> {
      const event = cloudEvent.safeParse(letter.event);
      if (!event.success) return false;
      try {
        await handle(letter.topic, event.data);
      } catch (error) {
        await store(letter.eventId, letter.topic, letter.event, describe(error), 1);
        return false;
      }
      await database.one(remove, { eventId: letter.eventId, topic: letter.topic }, context);
      return true;
    },
  };
}

/**
 * Replaces what jsonb cannot store (NUL, unpaired surrogates) with U+FFFD: an inexact copy is better than retrying
 * forever.
 */
function storable(letter: object): object {
  const json = JSON.stringify(letter).replace(/\\(u[0-9a-f]{4}|.)/g, (escaped, code: string) =>
    code === "u0000" || code.startsWith("ud") ? "\\ufffd" : escaped,
  );
  return JSON.parse(json);
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof Error && parts.length < 5; one = one.cause)
    parts.push(withoutSecrets(one.message));
  return parts.join(": ") || withoutSecrets(String(error));
}
