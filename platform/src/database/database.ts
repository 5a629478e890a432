import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors, toAppError } from "../rpc/errors.ts";
import { describeFields, problemsIn } from "../rpc/input.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Statement } from "./statement.ts";
import { type EventListener, withoutEvents } from "./written-events.ts";

/** Runs one statement per call (ADR 0001), and passes the events that it wrote to the relay. */
export type Database = {
  /** `input` is the only parameter of the statement, as JSON with camelCase keys. */
  one<Row>(statement: Statement<Row>, input: object, context: CallContext): Promise<Row>;
};

/**
 * The database refused the statement, or the statement failed. Without an SQLSTATE the cause is unknown, and the caller
 * may retry. With an SQLSTATE the failure is permanent. In both cases an event handler's attempt counts, so the event
 * ends as a dead letter.
 */
export class StatementFailed extends AppError {
  readonly sqlState: string | undefined;

  constructor(options: { sqlState?: string | undefined; message?: string; cause?: unknown } = {}) {
    const { sqlState, ...rest } = options;
    super(sqlState === undefined ? commonErrors.unavailable : commonErrors.internal, rest);
    this.sqlState = sqlState;
  }

  /** Class 42: the statement does not match the schema, so it fails for any values. */
  override get mayBeOneItems(): boolean {
    return this.sqlState?.startsWith("42") !== true;
  }
}

/**
 * SQLSTATE classes of failures that last until a statement, a value or the schema changes. All others are transient:
 * lost connections, conflicts, limits, shutdowns. Source: PostgreSQL, Appendix A.
 */
const lastingClasses = new Set(["0A", "21", "22", "23", "2F", "38", "39", "3F", "42", "44", "54", "P0"]);

/**
 * The service's own database behind the output binding `component`. `listener` receives the events that statements
 * write.
 */
export function database(sidecar: Sidecar, component: string, listener: EventListener): Database {
  const noBody = new Uint8Array();
  return {
    async one<Row>(statement: Statement<Row>, input: object, context: CallContext): Promise<Row> {
      const metadata = { sql: statement.text, params: JSON.stringify([JSON.stringify(input)]) };
      const answer = await sidecar
        .invokeBinding(component, "query", metadata, noBody, context)
        .then(parse)
        .catch((error) => Promise.reject(failed(statement, error)));
      return checked(statement, withoutEvents(statement, answer, input, listener));
    },
  };
}

/**
 * Queries all items at once. When the result exceeds a sidecar's limit (4 MiB), queries one half and then the other.
 */
export async function inHalves<Item, Found>(
  items: readonly Item[],
  ask: (items: readonly Item[]) => Promise<Found[]>,
): Promise<Found[]> {
  if (items.length === 0) return [];
  try {
    return await ask(items);
  } catch (error) {
    if (items.length === 1 || !isTooLarge(error)) throw error;
    const middle = Math.ceil(items.length / 2);
    return [...(await inHalves(items.slice(0, middle), ask)), ...(await inHalves(items.slice(middle), ask))];
  }
}

/** The result exceeds what a sidecar can carry. */
export const isTooLarge = (error: unknown): boolean => toAppError(error).code === commonErrors.tooLarge.code;

/** Every row may have the same one. */
const maxProblems = 5;

const noRow = "the statement failed or returned no row";

/** The binding hides errors that occur while it reads rows. Their only sign is that there is no row. */
function parse(answer: Uint8Array): unknown {
  const rows = JSON.parse(Buffer.from(answer).toString("utf8")) as [string][] | null;
  const value = rows?.[0]?.[0];
  if (typeof value !== "string") throw new StatementFailed({ message: noRow });
  return JSON.parse(value);
}

/** The statement's effect is committed. A retry would not help, because its SQL and its schema do not match. */
function checked<Row>(statement: Statement<Row>, value: unknown): Row {
  const { error } = statement.row.safeParse(value);
  if (!error) return value as Row;
  const problems = describeFields(problemsIn(error).slice(0, maxProblems), "result");
  throw new Error(`the result of statement ${statement.name} does not match its schema: ${problems}`);
}

/** A cancelled call and a deadline exceeded keep their status. */
function failed(statement: Statement, error: unknown): AppError {
  const cause = new Error(`statement ${statement.name}`, { cause: error });
  if (error instanceof StatementFailed) return new StatementFailed({ cause });
  const { status, code } = toAppError(error);
  if (code === commonErrors.tooLarge.code) return new AppError(commonErrors.tooLarge, { cause });
  if (status === "CANCELLED") return new AppError(commonErrors.cancelled, { cause });
  if (status === "DEADLINE_EXCEEDED") return new AppError(commonErrors.timeout, { cause });
  const sqlState = lastingState(error);
  if (sqlState !== undefined) return new StatementFailed({ sqlState, cause });
  return new AppError(commonErrors.unavailable, { cause });
}

/**
 * The binding passes on the message of pgx: `ERROR: column "x" does not exist (SQLSTATE 42703)`. Only its end counts,
 * because the text before it can quote a value.
 */
function lastingState(error: unknown): string | undefined {
  const [, state] = /\(SQLSTATE ([0-9A-Z]{5})\)$/.exec(String(error)) ?? [];
  return state !== undefined && lastingClasses.has(state.slice(0, 2)) ? state : undefined;
}
