import { isSpanContextValid, trace } from "@opentelemetry/api";
import { toSafeError } from "@sidecart/pluggable/safe-error";
import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";

export type { Logger } from "pino";

/** Values of these keys are redacted, up to three objects deep. */
const secrets = ["authorization", "password", "token", "accessToken", "refreshToken", "connectionString", "jwks"];

/**
 * Writes JSON lines to standard output (or to `to`). Each line has the ids of its trace. An error, as `err` or `error`, is
 * written without the properties that its driver added.
 */
export function createLogger(name: string, level: string, to: DestinationStream = pino.destination(1)): Logger {
  const options: LoggerOptions = {
    name,
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), bindings: () => ({ app: name }) },
    serializers: { err: toSafeError, error: toSafeError },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
    mixin() {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
    },
  };
  return pino(options, to);
}
