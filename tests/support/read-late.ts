import { eventually } from "./eventually.ts";

/** Reads until a read near the end of the entry's lifetime is a cache hit. Tries again if this process was delayed. */
export async function readLate(maxAgeMs: number, read: () => unknown, fromMemory: () => boolean): Promise<void> {
  for (;;) {
    await read();
    const late = performance.now() + 0.75 * maxAgeMs;
    await eventually("the end of the entry's lifetime to come near", async () => performance.now() >= late);
    await read();
    if (fromMemory()) return;
  }
}
