import { inOrderOf } from "../ids.ts";
import type { Statement } from "./statement.ts";

/** An outbox row as input of a statement. `data` is the message as proto JSON. */
export type OutboxRow = { id: string; topic: string; key: string; data: unknown; traceparent: string | null };

/** An outbox row as returned by the statement that wrote or claimed it. */
export type WrittenRow = OutboxRow & { createdAt: string };

/** Receives the outbox rows that statements wrote: the relay. */
export type EventListener = {
  /** Rows were written that any relay may claim. */
  kick(): void;
  /** These rows were written and claimed for this process. */
  publish(rows: readonly WrittenRow[]): void;
};

/** How a statement reports what it wrote: a number, rows, or ids of rows in its input. */
type Answered = { events?: number | WrittenRow[] | string[] };

/** Passes the written events to the listener, and returns the result without them. */
export function withoutEvents(statement: Statement, answer: unknown, input: object, listener: EventListener): unknown {
  if (!statement.writesEvents) return answer;
  const { events, ...rest } = answer as Answered;
  if (typeof events === "number") {
    if (events > 0) listener.kick();
  } else if (events) {
    const rows = areIds(events) ? givenRows(statement, events, input) : events;
    if (rows.length > 0) listener.publish(rows);
  } else {
    throw new Error(`statement ${statement.name} does not return which events it wrote`);
  }
  return rest;
}

const areIds = (events: WrittenRow[] | string[]): events is string[] => typeof events[0] === "string";

function givenRows({ name }: Statement, ids: string[], input: { events?: readonly WrittenRow[] }): WrittenRow[] {
  return inOrderOf(ids, input.events ?? []).map((row) => {
    if (!row) throw new Error(`statement ${name} wrote an event that is not in its input`);
    return row;
  });
}
