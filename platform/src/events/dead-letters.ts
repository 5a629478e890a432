import { type Database, instant, sql } from "../database/database.ts";
import { derivedId } from "../ids.ts";
import { background, type CallContext } from "../rpc/call.ts";
import { type CloudEvent, cloudEvent } from "./events.ts";

export type DeadLetter = {
  eventId: string;
  topic: string;
  event: unknown;
  error: string;
  attempts: number;
  diedAt: string;
};

type Listed = { total: number; deadLetters: DeadLetter[] };

const keep = sql(
  "dead-letters.keep",
  `with input as (
     select * from jsonb_to_record($1::jsonb) as i(event_id uuid, topic text, event jsonb, error text, attempts int)),
   kept as (
     insert into dead_letters (event_id, topic, event, error, attempts)
     select event_id, topic, event, error, attempts from input
     on conflict (event_id, topic) do update set error = excluded.error, attempts = dead_letters.attempts + excluded.attempts
     returning event_id)
   select jsonb_build_object('kept', (select count(*) from kept))::text`,
);

const listing = (which: string) => `
   with input as (select * from jsonb_to_record($1::jsonb) as i(first int, event_ids uuid[])),
   page as (
     select * from dead_letters ${which} order by died_at, event_id limit (select first from input))
   select jsonb_build_object(
     'total', (select count(*) from dead_letters),
     'deadLetters', coalesce((select jsonb_agg(jsonb_build_object('eventId', event_id, 'topic', topic, 'event', event,
       'error', error, 'attempts', attempts, 'diedAt', ${instant("died_at")}) order by died_at, event_id) from page), '[]'))::text`;

const oldest = sql("dead-letters.oldest", listing(""));
const byEvents = sql(
  "dead-letters.by-events",
  listing("where event_id = any (array(select unnest(event_ids) from input))"),
);

const remove = sql(
  "dead-letters.remove",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(event_id uuid, topic text)),
   gone as (delete from dead_letters d using input i where d.event_id = i.event_id and d.topic = i.topic returning 1)
   select jsonb_build_object('removed', (select count(*) from gone))::text`,
);

/** What is not even a CloudEvent gets an id made from its content. */
export const unreadableId = (topic: string, raw: unknown): string => derivedId(topic, JSON.stringify(raw) ?? "");

/** Messages that failed every try, kept with their error until a person has them handled again (ADR 0004). */
export type DeadLetters = ReturnType<typeof createDeadLetters>;

export function createDeadLetters(database: Database) {
  const store = (eventId: string, topic: string, event: unknown, error: string, attempts: number) =>
    database.one<unknown>(
      keep,
      storable({ event_id: eventId, topic, event, error: error.slice(0, 4_000), attempts }),
      background(5_000),
    );
  return {
    async keep(topic: string, event: CloudEvent, error: unknown, attempts: number): Promise<void> {
      await store(event.id, topic, event, describe(error), attempts);
    },
    async unreadable(topic: string, raw: unknown, problem: string): Promise<void> {
      await store(unreadableId(topic, raw), topic, { unreadable: raw }, problem, 1);
    },
    list: (first: number, eventIds: string[] | null, context: CallContext) =>
      database.one<Listed>(eventIds ? byEvents : oldest, { first, event_ids: eventIds }, context),
    /** Handles one again; it leaves only when that succeeded. */
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
      await database.one(remove, { event_id: letter.eventId, topic: letter.topic }, context);
      return true;
    },
  };
}

/** What jsonb refuses (NUL, half a surrogate pair) becomes U+FFFD: better kept inexactly than tried for ever. */
function storable(letter: object): object {
  const json = JSON.stringify(letter).replace(/\\(u[0-9a-f]{4}|.)/g, (escaped, code: string) =>
    code === "u0000" || code.startsWith("ud") ? "\\ufffd" : escaped,
  );
  return JSON.parse(json);
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof Error && parts.length < 5; one = one.cause) parts.push(one.message);
  return parts.join(": ") || String(error);
}
