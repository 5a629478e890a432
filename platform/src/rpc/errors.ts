import { Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** The gRPC statuses that we return, and the HTTP status of each at the gateway. */
const httpStatus = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  FAILED_PRECONDITION: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type StatusName = keyof typeof httpStatus;
export type ErrorKind = { code: string; status: StatusName; text: string };

/** An error that the caller may see. `code` is stable, `message` is public, `cause` is only for the log. */
export class AppError extends Error {
  readonly code: string;
  readonly status: StatusName;
  readonly details: Record<string, unknown> | undefined;

  constructor(kind: ErrorKind, options: { message?: string; details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(options.message ?? kind.text, { cause: options.cause });
    this.name = "AppError";
    this.code = kind.code;
    this.status = kind.status;
    this.details = options.details;
  }

  get httpStatus(): number {
    return httpStatus[this.status];
  }

  /** True when one item of a batch may be the cause, so that the other items may succeed without it. */
  get mayBeOneItems(): boolean {
    return this.status === "INVALID_ARGUMENT";
  }
}

/** Errors that all services share. A service's own errors are in its `errors.ts`. */
export const commonErrors = {
  invalid: { code: "BAD_INPUT", status: "INVALID_ARGUMENT", text: "The request is not valid." },
  unauthenticated: { code: "UNAUTHENTICATED", status: "UNAUTHENTICATED", text: "Log in first." },
  tokenExpired: { code: "TOKEN_EXPIRED", status: "UNAUTHENTICATED", text: "The access token has expired." },
  forbidden: { code: "FORBIDDEN", status: "PERMISSION_DENIED", text: "You are not allowed to do that." },
  notFound: { code: "NOT_FOUND", status: "NOT_FOUND", text: "The object does not exist." },
  tooLarge: { code: "ANSWER_TOO_LARGE", status: "INVALID_ARGUMENT", text: "The response is too large. Request less." },
  unavailable: {
    code: "UNAVAILABLE",
    status: "UNAVAILABLE",
    text: "A part of the system is not reachable. Try again.",
  },
  overloaded: { code: "OVERLOADED", status: "RESOURCE_EXHAUSTED", text: "Too many requests at once. Try again." },
  tooBusy: { code: "TOO_BUSY", status: "RESOURCE_EXHAUSTED", text: "Too many log-ins at this moment. Try again." },
  timeout: { code: "TIMEOUT", status: "DEADLINE_EXCEEDED", text: "The request took too long." },
  cancelled: { code: "CANCELLED", status: "CANCELLED", text: "The caller cancelled the request." },
  refusedBySidecar: { code: "CALL_REFUSED", status: "INTERNAL", text: "Something went wrong on our side." },
  internal: { code: "INTERNAL", status: "INTERNAL", text: "Something went wrong on our side." },
} as const satisfies Record<string, ErrorKind>;

/** The trailer that carries code, text and details between our processes. */
const trailer = "sidecart-error";
/** gRPC stacks accept 8 to 64 kB of trailers in total. A longer error is sent without its details. */
const maxTrailer = 6_000;

/** What the sidecar's own statuses mean to a caller, when they have no trailer of ours. */
const fromStatus: Partial<Record<status, ErrorKind>> = {
  [status.UNAVAILABLE]: commonErrors.unavailable,
  [status.DEADLINE_EXCEEDED]: commonErrors.timeout,
  [status.CANCELLED]: commonErrors.cancelled,
  // A response that was too large for the sidecars.
  [status.RESOURCE_EXHAUSTED]: commonErrors.tooLarge,
  // An access policy between sidecars refused the call. That is our mistake and does not depend on the user.
  [status.PERMISSION_DENIED]: commonErrors.refusedBySidecar,
};

/**
 * Converts any failure to an error that the caller may see. Unknown failures become INTERNAL without details; the cause
 * is kept for the log.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!isServiceError(error)) return new AppError(commonErrors.internal, { cause: error });
  // A sidecar that retried returns the trailers of all attempts in one value. The last one counts.
  const sent = error.metadata.get(trailer).join().split(",").at(-1)?.trim();
  if (sent) return decode(sent, error);
  return new AppError(fromStatus[error.code] ?? commonErrors.internal, { cause: error });
}

/** True when a sidecar's access policy refused the call. A refusal by one of our processes has a trailer. */
export function isRefusedBySidecar(error: unknown): boolean {
  return isServiceError(error) && error.code === status.PERMISSION_DENIED && error.metadata.get(trailer).length === 0;
}

/** True when one of our processes sent the error: it has our trailer. */
export const isFromCallee = (error: unknown): boolean =>
  isServiceError(error) && error.metadata.get(trailer).length > 0;

/**
 * Converts an error for the callback of a gRPC server. A sidecar retries UNAVAILABLE, because it means that the call
 * reached nobody. So when we could not reach another service ourselves, we return ABORTED and leave the retry to the
 * caller.
 */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const known = toAppError(error);
  const code = known.status === "UNAVAILABLE" ? status.ABORTED : status[known.status];
  const metadata = new Metadata();
  const full = encodeURIComponent(JSON.stringify({ ...kindOf(known), details: known.details }));
  const short = { ...kindOf(known), text: known.message.slice(0, 300) };
  metadata.set(trailer, full.length <= maxTrailer ? full : encodeURIComponent(JSON.stringify(short)));
  return { code, details: known.code, metadata };
}

/** The error of one outcome in a batch, `details` as JSON: the `Failure` of the proto files. */
export type Failure = { code: string; status: string; message: string; details: string };

export function toFailure(error: unknown): Failure {
  const { code, status: name, message, details } = toAppError(error);
  return { code, status: name, message, details: details ? JSON.stringify(details) : "" };
}

export function fromFailure({ code, status: name, message, details }: Failure): AppError {
  if (!(name in httpStatus)) return new AppError(commonErrors.internal, { cause: new Error(`status ${name}`) });
  const kind = { code, status: name as StatusName, text: message };
  return new AppError(kind, details ? { details: JSON.parse(details) } : {});
}

const retryable: readonly string[] = [commonErrors.overloaded.code, commonErrors.refusedBySidecar.code];

/**
 * True when the error is not the caller's fault and may be transient. An access policy is included, because an operator
 * may correct it.
 */
export function isRetryable(error: unknown): boolean {
  const { code, status: name } = toAppError(error);
  return name === "UNAVAILABLE" || name === "DEADLINE_EXCEEDED" || retryable.includes(code);
}

/** True when the caller made no mistake, so the error counts against our availability. */
export const isServersFault = (error: unknown): boolean =>
  isRetryable(error) || toAppError(error).status === "INTERNAL" || toAppError(error).code === commonErrors.tooBusy.code;

function kindOf(error: AppError): ErrorKind {
  return { code: error.code, status: error.status, text: error.message };
}

function decode(sent: string, cause: unknown): AppError {
  try {
    const { details, ...kind } = JSON.parse(decodeURIComponent(sent)) as ErrorKind & {
      details?: Record<string, unknown>;
    };
    if (kind.status in httpStatus) return new AppError(kind, { details, cause });
  } catch {
    // An unreadable trailer is not ours, so it is not shown to the caller.
  }
  return new AppError(commonErrors.internal, { cause });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error && error.metadata instanceof Metadata;
}
