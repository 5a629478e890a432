import { isSpanContextValid, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { toAppError } from "../rpc/errors.ts";

export type { Logger } from "pino";

/** What must never reach a log, in whatever object it hides, up to three deep. */
const secrets = ["authorization", "password", "token", "accessToken", "refreshToken", "connectionString", "jwks"];

/** JSON lines on standard output (or where `to` says), each with the trace it belongs to. */
export function createLogger(name: string, level: string, to: DestinationStream = pino.destination(1)): Logger {
  const options: LoggerOptions = {
    name,
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), bindings: () => ({ app: name }) },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
    mixin() {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
    },
  };
  return pino(options, to);
}

/** What the caller did wrong is worth a debug line; what we did wrong, the whole cause. */
export function logFailure(log: Logger, path: string, error: unknown): void {
  const known = toAppError(error);
  const ours = known.status === "INTERNAL" || known.status === "UNAVAILABLE";
  if (ours) log.error({ err: error, method: path, code: known.code }, "call failed");
  else log.debug({ method: path, code: known.code, reason: known.message }, "call refused");
}
