import { AppError, commonErrors, isOurFailure, toAppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import { type ExecutionResult, GraphQLError, type SourceLocation } from "graphql";
import { retryAfterSeconds } from "../http/overload.ts";
import { type CountedError, countedError } from "../operation-counts.ts";

type FormattedError = {
  message: string;
  locations?: unknown;
  path?: unknown;
  extensions: Record<string, unknown>;
};
type HttpError = Error & { statusCode?: number; code?: string | number; errors?: readonly Error[] };
type Locate = (location: SourceLocation) => SourceLocation;
type Failed = { data?: ExecutionResult["data"]; errors?: readonly Error[] };

export type Formatted = {
  /** The first error's status if there is no data, else 200. */
  statusCode: number;
  /** Seconds; only where a retry can help. */
  retryAfter: unknown;
  counted: CountedError[];
  response: { data?: ExecutionResult["data"]; errors: FormattedError[] };
};

/**
 * Formats errors for clients: a stable `extensions.code`, public text, no internal detail. Without an execution there is
 * no `data`. `locate` returns the place in the client's text for a place in the executed one.
 */
export function formatErrors(
  { data, errors: found = [] }: Failed,
  log: Logger,
  locate: Locate = (location) => location,
): Formatted {
  const errors = found.flatMap(unfold).map((error) => format(error, log, locate));
  const failed = data == null || Object.values(data).every((value) => value == null);
  const [first] = errors;
  const statusCode = failed && first ? first.httpStatus : 200;
  return {
    statusCode,
    retryAfter: [429, 503].includes(statusCode)
      ? (first?.extensions.retryAfterSeconds ?? retryAfterSeconds)
      : undefined,
    counted: errors.map(({ counted }) => counted),
    response: { data, errors: errors.map(({ httpStatus: _, counted: __, ...error }) => error) },
  };
}

/** Mercurius wraps several errors of one query or its variables in one error. */
function unfold(error: Error): Error[] {
  const original = originalOf(error) as HttpError;
  const wraps = original.code === "MER_ERR_GQL_VALIDATION" || original instanceof AggregateError;
  return wraps && original.errors && original.errors.length > 0 ? [...original.errors] : [error];
}

function format(
  error: Error,
  log: Logger,
  locate: Locate,
): FormattedError & { httpStatus: number; counted: CountedError } {
  const known = classify(error);
  if (isOurFailure(known)) {
    log.error({ err: originalOf(error), code: known.code }, "request failed");
  }
  const place = error instanceof GraphQLError ? { locations: error.locations?.map(locate), path: error.path } : {};
  return {
    message: known.message,
    ...place,
    extensions: { ...known.details, code: known.code },
    httpStatus: refusalStatus(originalOf(error)) ?? known.httpStatus,
    counted: countedError(known, error instanceof GraphQLError ? error.path?.[0]?.toString() : undefined),
  };
}

function classify(error: Error): AppError {
  const original = originalOf(error) as HttpError;
  if (original instanceof AppError) return original;
  if (original instanceof GraphQLError) {
    // Without a path the query is wrong: syntax, validation, an argument. With a path a service's response does not
    // fit.
    const ours = error instanceof GraphQLError && error.path !== undefined;
    return ours ? new AppError(commonErrors.internal, { cause: original }) : badRequest(original.message);
  }
  if (isClientError(original)) return badRequest(original.message, original.code?.toString());
  return toAppError(original);
}

/** Fastify's and Mercurius' refusals. Some of Mercurius' have status 500. */
const isClientError = (error: HttpError) =>
  refusalStatus(error) !== undefined || String(error.code).startsWith("MER_ERR_GQL_");

/** The status of Fastify's own refusals, such as a body that is too large. */
function refusalStatus({ statusCode = 500 }: HttpError): number | undefined {
  return statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

function badRequest(message: string, code: string = commonErrors.invalid.code): AppError {
  return new AppError({ ...commonErrors.invalid, code, text: message });
}

function originalOf(error: Error): Error {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) original = original.originalError;
  return original;
}
