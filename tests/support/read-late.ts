import { setTimeout as pause } from "node:timers/promises";

/** Reads until a read was answered from memory in the last part of the entry's life; if this process was held up, again. */
export async function readLate(maxAgeMs: number, read: () => unknown, fromMemory: () => boolean): Promise<void> {
  for (;;) {
    await read();
    await pause(0.75 * maxAgeMs);
    await read();
    if (fromMemory()) return;
  }
}
