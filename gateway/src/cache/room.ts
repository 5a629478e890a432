import { getHeapStatistics } from "node:v8";

/** More would not be asked for again in time. */
const mostBytes = 300_000_000;

/** Bytes of this share of the heap that the process may have. */
export const bytesIn = (share: number, heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(mostBytes, Math.floor(share * heapBytes));

/** What is kept of a key, and what it takes to find it, with nothing in it. */
export const bytesOfNothing = 350;
/** An id of a list, and the place for it. */
export const bytesOfId = 80;

/** What texts take beside what holds them: two bytes a character, as one beyond Latin makes all of a text. */
export function bytesOfTexts(...texts: readonly string[]): number {
  let length = 0;
  for (const text of texts) length += text.length;
  return 2 * length;
}
