/** The results of a load. Times are in milliseconds. */
export type Summary = {
  requests: number;
  failed: number;
  /** Requests per second, over the whole run. */
  rate: number;
  p50: number;
  p95: number;
  p99: number;
  longest: number;
  /** The number of failures of each kind of request. */
  failedKinds: Record<string, number>;
  /** The first failures: the kind of request and the error. */
  failures: string[];
};

const failuresKept = 20;

/** Counts completed requests. */
export class Statistics {
  readonly #started = performance.now();
  readonly #times: number[] = [];
  readonly #failedKinds = new Map<string, number>();
  readonly #failures: string[] = [];

  /** Runs and counts a request. If it throws, it counts as failed. */
  async measure<T>(kind: string, request: () => Promise<T>): Promise<T | undefined> {
    const started = performance.now();
    try {
      return await request();
    } catch (error) {
      this.#failedKinds.set(kind, (this.#failedKinds.get(kind) ?? 0) + 1);
      const seconds = ((started - this.#started) / 1_000).toFixed(1);
      const text = error instanceof Error ? [error.message, error.cause].filter(Boolean).join(": ") : String(error);
      if (this.#failures.length < failuresKept) this.#failures.push(`${seconds} s, ${kind}: ${text}`);
      return undefined;
    } finally {
      this.#times.push(performance.now() - started);
    }
  }

  summary(): Summary {
    const sorted = this.#times.toSorted((one, two) => one - two);
    const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
    const seconds = (performance.now() - this.#started) / 1_000;
    return {
      requests: sorted.length,
      failed: [...this.#failedKinds.values()].reduce((sum, count) => sum + count, 0),
      rate: Math.round((sorted.length / seconds) * 10) / 10,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      longest: Math.round(sorted.at(-1) ?? 0),
      failedKinds: Object.fromEntries(this.#failedKinds),
      failures: this.#failures,
    };
  }
}
