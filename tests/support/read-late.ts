import { eventually } from "./eventually.ts";

/** A new cache, in which `read` reads one entry; `fetches` says how often that fetched it. */
type Cached = { read(): unknown; fetches(): number };

/** Reads an entry, and again in the last part of its life. Starts anew with another cache if this process was held up. */
export async function readLate<T extends Cached>(maxAgeMs: number, start: () => Promise<T> | T): Promise<T> {
  for (;;) {
    const cached = await start();
    await cached.read();
    const late = performance.now() + 0.75 * maxAgeMs;
    await eventually("the last part of its life", async () => performance.now() >= late);
    await cached.read();
    if (cached.fetches() === 1) return cached;
  }
}
