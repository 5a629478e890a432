import { AppError, commonErrors } from "./errors.ts";

/**
 * The context that a call passes to the work done for it: its deadline, its cancellation and the caller's token. The
 * trace is passed separately, in OpenTelemetry's context.
 */
export type CallContext = {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** `Bearer …` as the user sent it. Each service verifies it itself. */
  readonly authorization?: string | undefined;
  /**
   * True for a command with an idempotency key: a retry has no further effect, so it is safe after a broken connection.
   */
  readonly repeatable?: boolean | undefined;
  /** App id of the calling sidecar. Absent when the call did not come through one. */
  readonly callerAppId?: string | undefined;
};

/** The context of work that no caller waits for: sweeps, relays, start-up. */
export function background(timeoutMs: number, signal: AbortSignal = new AbortController().signal): CallContext {
  return { deadline: Date.now() + timeoutMs, signal };
}

/** The same context with another token, or none. */
export const withToken = (context: CallContext, authorization: string | undefined): CallContext => ({
  ...context,
  authorization,
});

/** The context for one item of a call: that of the token `authorization`, or of the call itself when it is empty. */
export const onBehalfOf = (context: CallContext, authorization: string): CallContext =>
  authorization ? withToken(context, authorization) : context;

/** Throws when the caller has cancelled or its deadline has passed. */
export function throwIfDone(context: CallContext): void {
  if (context.signal.aborted) throw new AppError(commonErrors.cancelled);
  if (Date.now() >= context.deadline) throw new AppError(commonErrors.timeout);
}
