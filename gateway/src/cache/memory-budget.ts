import { getHeapStatistics } from "node:v8";

/** Upper limit of one cache: entries beyond it would expire before they are read again. */
const maxBudgetBytes = 300_000_000;

/** Bytes of this share of the heap that the process may use. */
export const budgetOf = (heapShare: number, heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(maxBudgetBytes, Math.floor(heapShare * heapBytes));

/** Bytes of an entry without its value: the key, and what the map needs to find it. */
export const bytesOfEntry = 350;
/** Bytes of an id in a list of ids. */
export const bytesOfId = 80;

/** Bytes of the characters of texts: two each, since one character beyond Latin-1 makes V8 store the whole text so. */
export function bytesOfTexts(...texts: readonly string[]): number {
  let length = 0;
  for (const text of texts) length += text.length;
  return 2 * length;
}
