import type { Tell } from "../../probe/told.ts";

/** Events of which the one in the middle has so large a key and so much data. */
export function oneLargeAmong(count: number, dataBytes: number, keyBytes = 10): Omit<Tell, "run">[] {
  const small = Array.from({ length: count }, (_, at) => ({ key: `small-${at}` }));
  const large = { key: "k".repeat(keyBytes), padding: "x".repeat(dataBytes - keyBytes) };
  return small.with(Math.floor(count / 2), large);
}
