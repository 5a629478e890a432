import { type DestinationStream, destination, type Logger, pino } from "pino";
import { toSafeError } from "./safe-error.ts";

/** Logs to standard error. An error is logged without the properties of its driver and without credentials in its texts. */
export function createLogger(name: string, level: string, to: DestinationStream = standardError()): Logger {
  return pino({ name, level, serializers: { err: toSafeError } }, to);
}

const standardError = () => destination({ fd: 2, sync: true });
