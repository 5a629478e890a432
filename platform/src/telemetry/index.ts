export { createLogger, type Logger } from "./log.ts";
export {
  annotate,
  currentTraceparent,
  durationHistogram,
  inSpan,
  meter,
  rootTrace,
  startTelemetry,
  type Telemetry,
  withTrace,
} from "./telemetry.ts";
