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

/** An outcome the caller is told about: the message is public, the cause goes to the log only. */
export class ComponentError extends Error {
  readonly code: ComponentErrorCode;

  constructor(code: ComponentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ComponentError";
    this.code = code;
  }
}

// The status message travels in an HTTP/2 header, which is encoded with encodeURI: a lone surrogate would throw there.
const maxDetailLength = 1_000;

/** What goes on the wire for an error; anything that is not a ComponentError is INTERNAL with no detail. */
export function toStatus(error: unknown, logger: Logger): Pick<ServiceError, "code" | "details"> {
  if (error instanceof ComponentError) {
    logger[error.code === "INTERNAL" ? "error" : "debug"]({ err: error, code: error.code }, "call refused");
    return { code: status[error.code], details: error.message.slice(0, maxDetailLength).toWellFormed() };
  }
  logger.error({ err: error }, "call failed");
  return { code: status.INTERNAL, details: "internal error" };
}
