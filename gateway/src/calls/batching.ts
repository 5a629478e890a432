import { type CallContext, withToken } from "@sidecart/platform/rpc";

/** Most items that services accept in one call; calls in progress at a time; callers that wait at a time. */
export const batchBounds = { most: 100, parallel: 2, waiting: 2_000 };
/** Pace of batches of reads, which take a few milliseconds. */
export const readPace = { patienceMs: 3, lingerMs: 1 };

/** For a call that serves several callers: it carries no caller's token. */
export const withoutToken = (context: CallContext): CallContext => withToken(context, undefined);

export const unique = (ids: readonly string[]): string[] => [...new Set(ids)];
