import { getHeapStatistics } from "node:v8";

/** Upper limit of one cache. In a larger one, most entries expire before they are read again. */
const maxBudgetBytes = 300_000_000;

/** The memory budget in bytes: a share of the heap limit of the process. */
export const budgetOf = (heapShare: number, heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(maxBudgetBytes, Math.floor(heapShare * heapBytes));

/** Bytes of an entry without its value: the key and the map's overhead. */
export const bytesOfEntry = 350;
/** Bytes of an id in a list of ids. */
export const bytesOfId = 80;

/** Two bytes a character: one character beyond Latin-1 makes V8 store the whole string so. */
export function bytesOfTexts(...texts: readonly string[]): number {
  let length = 0;
  for (const text of texts) length += text.length;
  return 2 * length;
}
