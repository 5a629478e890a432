import { status } from "@grpc/grpc-js";
import { AppError, commonErrors, toAppError } from "../rpc/errors.ts";

/** How stores differ behind Dapr's state API. Sources: components-contrib 1.18, state/redis, state/postgresql/v2. */
export type Dialect = {
  /** The condition for a write that requires that the key has no value. */
  whenAbsent: { etag?: { value: string }; options?: { concurrency: number } };
  /** Matches etags that the store may have returned. It might treat others as "any". */
  etag: RegExp;
  /** True only for the error that means that the condition does not hold. */
  refused(error: unknown): boolean;
};

const firstWrite = 1; // StateOptions.CONCURRENCY_FIRST_WRITE

/**
 * Redis counts the writes of a key from 1. Its first-write option protects only values that were written with that
 * option, but then also from plain writes. An etag that no value can have protects every value, and permits the first
 * write. Redis reports every failure of a conditional write as a conflict, even an unreachable server.
 */
const redis: Dialect = {
  whenAbsent: { etag: { value: "-1" } },
  etag: /^[1-9]\d{0,17}$/,
  refused: (error) => codeOf(error) === status.ABORTED && /failed to (set key|delete) /.test(textOf(error)),
};

/**
 * PostgreSQL v2, which follows Dapr's documentation: a conflict is ABORTED. It reports a lost first write only in the
 * message.
 */
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

/**
 * A store that failed may recover, so its failure becomes UNAVAILABLE. The caller's mistakes, and requests that are too
 * large, keep their error.
 */
export function unreachable(error: unknown): AppError {
  const lost: unknown[] = [status.INTERNAL, status.UNKNOWN, status.ABORTED];
  if (error instanceof AppError || !lost.includes(codeOf(error))) return toAppError(error);
  return new AppError(commonErrors.unavailable, { cause: error });
}

const codeOf = (error: unknown) => (error as { code?: unknown }).code;
const textOf = (error: unknown) => String((error as { details?: unknown }).details ?? "");
