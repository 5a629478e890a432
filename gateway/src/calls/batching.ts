import { type CallContext, withToken } from "@sidecart/platform/rpc";

/** What services accept in one call; how many calls are under way, and how many callers wait, at a time. */
export const batchBounds = { most: 100, parallel: 2, waiting: 2_000 };
/** For reads, which take a few milliseconds. */
export const readPace = { patienceMs: 3, lingerMs: 1 };

/** For a call that serves several people: it shows the token of none of them. */
export const withoutToken = (context: CallContext): CallContext => withToken(context, undefined);

export const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

/** One result for each id, in their order; undefined where there is none. */
export function inOrderOf<T extends { id: string }>(ids: readonly string[], found: readonly T[]): (T | undefined)[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id));
}
