import { type DestinationStream, destination, type Logger, pino } from "pino";

/** Logs to standard error. An error is logged without the properties of its driver, which may hold credentials. */
export function createLogger(name: string, level: string, to: DestinationStream = standardError()): Logger {
  return pino({ name, level, serializers: { err: toSafeError } }, to);
}

const standardError = () => destination({ fd: 2, sync: true });

/** Name, code, message and stack, with the stacks of its causes. */
function toSafeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, code } = pino.stdSerializers.err(error) as { code?: unknown } & Record<string, unknown>;
  return { type, code, message, stack };
}
