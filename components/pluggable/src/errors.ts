import { type ServiceError, status } from "@grpc/grpc-js";
import type { Logger } from "pino";

export type ComponentErrorCode =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "FAILED_PRECONDITION"
  | "UNIMPLEMENTED"
  | "RESOURCE_EXHAUSTED"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "UNAVAILABLE"
  | "INTERNAL";

/** An error for the caller. The message is public; the cause is only logged. */
export class ComponentError extends Error {
  readonly code: ComponentErrorCode;

  constructor(code: ComponentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ComponentError";
    this.code = code;
  }
}

// The status message is sent in an HTTP/2 header, encoded with encodeURI, which throws on an unpaired surrogate.
const maxDetailLength = 1_000;

/** The gRPC status of an error. Every error except a ComponentError is INTERNAL without details. */
export function toStatus(error: unknown, logger: Logger): Pick<ServiceError, "code" | "details"> {
  if (error instanceof ComponentError) {
    logger[error.code === "INTERNAL" ? "error" : "debug"]({ err: error, code: error.code }, "call refused");
    return { code: status[error.code], details: error.message.slice(0, maxDetailLength).toWellFormed() };
  }
  logger.error({ err: error }, "call failed");
  return { code: status.INTERNAL, details: "internal error" };
}
