import { eventually } from "./eventually.ts";

/** A new cache, in which `read` reads one entry; `fetches` returns how often that fetched the entry. */
type Cached = { read(): unknown; fetches(): number };

/** Reads an entry, and again near the end of its lifetime. Retries with another cache if this process was delayed. */
export async function readLate<T extends Cached>(maxAgeMs: number, start: () => Promise<T> | T): Promise<T> {
  for (;;) {
    const cached = await start();
    await cached.read();
    const late = performance.now() + 0.75 * maxAgeMs;
    await eventually("the end of the entry's lifetime to come near", async () => performance.now() >= late);
    await cached.read();
    if (cached.fetches() === 1) return cached;
  }
}
