import type { InstructionInput } from "../../probe/instructions.ts";

/** Events of which the middle one has a key and data of these sizes. */
export function oneLargeAmong(count: number, dataBytes: number, keyBytes = 10): Omit<InstructionInput, "run">[] {
  const small = Array.from({ length: count }, (_, at) => ({ key: `small-${at}` }));
  const large = { key: "k".repeat(keyBytes), padding: "x".repeat(dataBytes - keyBytes) };
  return small.with(Math.floor(count / 2), large);
}
