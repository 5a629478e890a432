import type { HttpErrorKind } from "../errors.ts";

/** A refusal by the HTTP server. Fastify's own refusals have the same fields. */
export class HttpError extends Error {
  readonly code: string;
  readonly statusCode: number;

  constructor({ code, httpStatus, text }: HttpErrorKind, message: string = text) {
    super(message);
    this.name = "HttpError";
    this.code = code;
    this.statusCode = httpStatus;
  }
}

/** The body of every response that is an error and is not the result of an execution. It has no `data`. */
export const errorBody = (code: string, message: string, details: Record<string, unknown> = {}) => ({
  errors: [{ message, extensions: { ...details, code } }],
});
