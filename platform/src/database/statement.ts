import type { z } from "zod";
import { expand, type Scope } from "./sql-text.ts";

/** A statement: one JSON value as input (`$1::jsonb`), one row with one JSON value as output (ADR 0001). */
export type Statement<Row = unknown> = {
  readonly name: string;
  readonly text: string;
  /** The schema of the row's value. A value that does not match fails with the statement's name. */
  readonly row: z.ZodType<Row>;
  /** The statement writes outbox rows, and returns them in `events` of its result. */
  readonly writesEvents: boolean;
};

/** Fragments that write events, each with the fragments that can return them. */
const resultsFor: Readonly<Record<string, readonly string[]>> = {
  write_events: ["answer_events"],
  write_claimed_events: ["answer_claimed_events", "answer_given_events"],
};

/** A short statement inside TypeScript. Long statements are in `.sql` files (sql-file.ts). */
export function sql<Row>(name: string, text: string, row: z.ZodType<Row>): Statement<Row> {
  return define(name, text, row, { fragments: new Map(), lookUp: () => undefined });
}

/** Expands a statement and checks its form. Errors name the statement. */
export function define<Row>(
  name: string,
  body: string,
  row: z.ZodType<Row>,
  scope: Omit<Scope, "onUse">,
): Statement<Row> {
  const used = new Set<string>();
  try {
    const text = expand(body, { ...scope, onUse: (fragment) => used.add(fragment) });
    refuseOwnWrites(expand(body, { fragments: withoutWrites(scope.fragments), lookUp: scope.lookUp, onUse() {} }));
    if (!endsInText(text)) throw new Error("a statement must end in select <jsonb>::text: one row with one value");
    return { name, text, row, writesEvents: writesEvents(used) };
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Only the platform's fragments may write to outbox and inbox, so that the platform knows which statements do. `text` is
 * the statement with all fragments but these.
 */
function refuseOwnWrites(text: string): void {
  const insert = /\b(?:insert|merge) into (?:(?:\w+|"(?:[^"]|"")*") ?\. ?)?"?(outbox|inbox)(?!\w)/i;
  const [, written] = insert.exec(text.replace(/'(?:[^']|'')*'/g, "''")) ?? [];
  const table = written?.toLowerCase();
  if (table) throw new Error(`rows of the ${table} must be written by a fragment: ${fragmentsFor[table]}`);
}

const withoutWrites = (fragments: Scope["fragments"]): Scope["fragments"] =>
  new Map(
    [...fragments].map(([name, one]) => [name, name in resultsFor || name === once ? { ...one, body: "" } : one]),
  );

function writesEvents(used: ReadonlySet<string>): boolean {
  const ways = Object.keys(resultsFor).filter((way) => used.has(way));
  for (const way of ways) {
    const fitting = resultsFor[way] ?? [];
    if (!fitting.some((one) => used.has(one))) throw new Error(`:${way}() needs :${fitting.join("() or :")}()`);
  }
  return ways.length > 0;
}

const once = "handle_once";
const fragmentsFor: Readonly<Record<string, string>> = {
  outbox: ":write_events() or :write_claimed_events()",
  inbox: `:${once}()`,
};

/** True when the last select outside all parentheses has one column, a text. */
function endsInText(text: string): boolean {
  let outer = text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "x");
  for (let before = ""; before !== outer; ) {
    before = outer;
    outer = outer.replace(/\([^()]*\)/g, "x");
  }
  return /^(with\b.* )?select (?:(?!\b(?:select|from)\b|,).)*::text( from .*)?$/i.test(outer);
}
