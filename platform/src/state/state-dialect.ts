import { status } from "@grpc/grpc-js";
import { AppError, commonErrors, toAppError } from "../rpc/errors.ts";

/** What stores do differently behind Dapr's state API. Sources: components-contrib 1.18, state/redis, state/postgresql/v2. */
export type Dialect = {
  /** The condition of a write that there is no value yet. */
  whenAbsent: { etag?: { value: string }; options?: { concurrency: number } };
  /** The etags that the store may have given; others it might read as "any". */
  etag: RegExp;
  /** True for the error that says that a condition does not hold, and nothing else. */
  refused(error: unknown): boolean;
};

const firstWrite = 1; // StateOptions.CONCURRENCY_FIRST_WRITE

/**
 * Redis counts the writes of a key from 1. Its first-write option only protects values that were written with that
 * option, and then from plain writes too; an etag that no value can have protects every value and lets the first through.
 * Every failure of a conditional write is reported as a conflict, also an unreachable server.
 */
const redis: Dialect = {
  whenAbsent: { etag: { value: "-1" } },
  etag: /^[1-9]\d{0,17}$/,
  refused: (error) => codeOf(error) === status.ABORTED && /failed to (set key|delete) /.test(textOf(error)),
};

/** PostgreSQL v2, and what Dapr documents: a conflict is ABORTED. A lost first write it only says in words. */
const documented: Dialect = {
  whenAbsent: { options: { concurrency: firstWrite } },
  etag: /./,
  refused: (error) => codeOf(error) === status.ABORTED || /no item was updated/.test(textOf(error)),
};

export function dialectOf(store: string, components: readonly { name: string; type: string }[]): Dialect {
  const component = components.find(({ name, type }) => name === store && type.startsWith("state."));
  if (!component) throw new Error(`this sidecar has no state store "${store}": see the scopes of its component`);
  return component.type === "state.redis" ? redis : documented;
}

/** A store that failed may answer later. What the caller itself did, and what is too large, stays what it is. */
export function unreachable(error: unknown): AppError {
  const lost: unknown[] = [status.INTERNAL, status.UNKNOWN, status.ABORTED];
  if (error instanceof AppError || !lost.includes(codeOf(error))) return toAppError(error);
  return new AppError(commonErrors.unavailable, { cause: error });
}

const codeOf = (error: unknown) => (error as { code?: unknown }).code;
const textOf = (error: unknown) => String((error as { details?: unknown }).details ?? "");
