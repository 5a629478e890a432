import { getHeapStatistics } from "node:v8";

/** What a product or an order takes, with what it takes to find it. */
const bytesOfRow = 1_500;
/** More would not be asked for again in time. */
const mostRows = 200_000;

/** Rows that fit into this share of the heap that the process may have. */
export const rowsIn = (share: number, heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(mostRows, Math.floor((share * heapBytes) / bytesOfRow));
