import type { Statement } from "./statement.ts";

/** An outbox row as a statement takes it in: `data` is the message as proto JSON. */
export type OutboxRow = { id: string; topic: string; key: string; data: unknown; traceparent: string | null };

/** A row as the statement that wrote or claimed it answers it. */
export type WrittenRow = OutboxRow & { createdAt: string };

/** Who is told of the outbox rows that statements wrote: the relay. */
export type EventListener = {
  /** There are rows for anybody to claim. */
  kick(): void;
  /** These rows were claimed for this process. */
  publish(rows: readonly WrittenRow[]): void;
};

/** How the fragments answer what was written: a number, rows, or ids of rows that the input has. */
type Answered = { events?: number | (WrittenRow | string)[] };

/** Tells of what a statement wrote, and gives back its answer without that. */
export function withoutEvents(statement: Statement, answer: unknown, input: object, listener: EventListener): unknown {
  if (!statement.writesEvents) return answer;
  const { events, ...rest } = answer as Answered;
  if (typeof events === "number") {
    if (events > 0) listener.kick();
  } else if (events) {
    const rows = events.map((one) => (typeof one === "string" ? givenRow(statement, one, input) : one));
    if (rows.length > 0) listener.publish(rows);
  } else {
    throw new Error(`statement ${statement.name} does not answer which events it wrote`);
  }
  return rest;
}

function givenRow({ name }: Statement, id: string, input: { events?: readonly WrittenRow[] }): WrittenRow {
  const row = input.events?.find((event) => event.id === id);
  if (!row) throw new Error(`statement ${name} wrote an event that its input does not have`);
  return row;
}
