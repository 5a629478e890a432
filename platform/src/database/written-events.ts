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
type Answered = { events?: number | (WrittenRow | string)[] };

/** Passes the written events to the listener, and returns the result without them. */
export function withoutEvents(statement: Statement, answer: unknown, input: object, listener: EventListener): unknown {
  if (!statement.writesEvents) return answer;
  const { events, ...rest } = answer as Answered;
  if (typeof events === "number") {
    if (events > 0) listener.kick();
  } else if (events) {
    const rows = events.map((one) => (typeof one === "string" ? givenRow(statement, one, input) : one));
    if (rows.length > 0) listener.publish(rows);
  } else {
    throw new Error(`statement ${statement.name} does not return which events it wrote`);
  }
  return rest;
}

function givenRow({ name }: Statement, id: string, input: { events?: readonly WrittenRow[] }): WrittenRow {
  const row = input.events?.find((event) => event.id === id);
  if (!row) throw new Error(`statement ${name} wrote an event that is not in its input`);
  return row;
}
