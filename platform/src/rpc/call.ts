import { AppError, commonErrors } from "./errors.ts";

/**
 * What a piece of work inherits from whoever asked for it: how long it may take, whether the asker is still there,
 * and the token to show on. The trace travels beside it, in OpenTelemetry's own context.
 */
export type CallContext = {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** `Bearer …` as the person sent it; each service verifies it itself. */
  readonly authorization?: string | undefined;
  /** For a command with a key of its own: done twice it has the effect of once, so it may be asked again when it broke off. */
  readonly repeatable?: boolean | undefined;
  /** App id of the calling sidecar; absent when the call did not cross one. */
  readonly callerAppId?: string | undefined;
};

/** Work nobody waits for: sweeps, relays, start-up. */
export function background(timeoutMs: number, signal: AbortSignal = new AbortController().signal): CallContext {
  return { deadline: Date.now() + timeoutMs, signal };
}

/** The same with another token or none. */
export const withToken = (context: CallContext, authorization: string | undefined): CallContext => ({
  ...context,
  authorization,
});

/** The same for whoever an item of the call belongs to: the bearer of `authorization`, or, when that is empty, the caller. */
export const onBehalfOf = (context: CallContext, authorization: string): CallContext =>
  authorization ? withToken(context, authorization) : context;

/** Refuses early when nobody waits any more. */
export function throwIfDone(context: CallContext): void {
  if (context.signal.aborted) throw new AppError(commonErrors.cancelled);
  if (Date.now() >= context.deadline) throw new AppError(commonErrors.timeout);
}
