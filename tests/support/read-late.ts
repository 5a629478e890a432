import { eventually } from "./eventually.ts";

/** Reads until a read was answered from memory in the last part of the entry's life; if this process was held up, again. */
export async function readLate(maxAgeMs: number, read: () => unknown, fromMemory: () => boolean): Promise<void> {
  for (;;) {
    await read();
    const late = performance.now() + 0.75 * maxAgeMs;
    await eventually("the last part of its time", async () => performance.now() >= late);
    await read();
    if (fromMemory()) return;
  }
}
