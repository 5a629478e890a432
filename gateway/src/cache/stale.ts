import { toAppError } from "@sidecart/platform/rpc";
import type { LRUCache } from "lru-cache";

/** How old a value may be that is returned while its service is not reachable. */
const maxStaleMs = 10 * 60_000;

/** Options of a cache whose expired values stay for an outage of the service, until the memory is needed. */
export const keepsStale = { noDeleteOnStaleGet: true } as const;

/** The value even if it has expired; undefined when it is too old for an outage, too. */
export function peekStale<Value extends object>(cache: LRUCache<string, Value>, key: string): Value | undefined {
  const value = cache.peek(key, { allowStale: true });
  return value && cache.ttl - cache.getRemainingTTL(key) <= maxStaleMs ? value : undefined;
}

/** The result of a fetch, or the stale value if the service did not respond and there is one. */
export async function orStale<T>(fetched: Promise<T>, staleValue: () => T | undefined): Promise<T> {
  try {
    return await fetched;
  } catch (error) {
    const { status } = toAppError(error);
    const stale = status === "UNAVAILABLE" || status === "DEADLINE_EXCEEDED" ? staleValue() : undefined;
    if (stale === undefined) throw error;
    return stale;
  }
}
