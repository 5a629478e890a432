import { LRUCache } from "lru-cache";
import { bytesOfEntry, bytesOfTexts } from "./memory-budget.ts";
import { countCache } from "./metrics.ts";
import type { ResponseDependencies } from "./response-dependencies.ts";

type Response = { text: string; dependencies: ResponseDependencies; onHit: () => void };

/** Bytes of an entry, its function for hits included, without texts and dependencies. */
const bytesOfResponse = bytesOfEntry + 250;

/**
 * Response texts by the key of their request. Each is charged with the values that it depends on and keeps in memory.
 */
export function createResponseCache(maxBytes: number, maxAgeMs: number) {
  const responses = new LRUCache<string, Response>({
    maxSize: maxBytes,
    sizeCalculation: ({ text, dependencies }, key) => bytesOfResponse + bytesOfTexts(key, text) + dependencies.bytes(),
    ttl: maxAgeMs,
  });
  const counts = countCache("answers", () => responses.size);
  return {
    /** The text, if the values that it depends on are still current. */
    get(key: string): string | undefined {
      const response = responses.get(key);
      if (response?.dependencies.isCurrent()) {
        counts.hits += 1;
        response.onHit();
        return response.text;
      }
      if (response) responses.delete(key);
      counts.misses += 1;
      return undefined;
    },
    set(dependencies: ResponseDependencies, text: string, onHit: () => void): void {
      responses.set(dependencies.key, { text, dependencies, onHit });
    },
  };
}
