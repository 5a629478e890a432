import { toAppError } from "@sidecart/platform/rpc";

/** How old a value may be that is returned while its service is not reachable. */
export const maxStaleMs = 10 * 60_000;

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
