import type { MaybePromise } from "./maybe-promise.ts";
import { bytesOfEntry } from "./memory-budget.ts";

/** Cached values that a response was made of. */
export type Dependency = {
  /** Whether reading them now would give the same values. */
  isCurrent(): boolean;
  /** Their size: a cached response keeps them in memory. */
  bytes(): number;
};

/**
 * Collects what a response depends on. The response may be cached while that is nothing but cached values that everybody
 * may see, and for as long as these are current.
 */
export class ResponseDependencies {
  /** The key of the response in the cache. */
  readonly key: string;
  #dependencies: Dependency[] = [];
  #cacheable = true;

  constructor(key: string) {
    this.key = key;
  }

  add(dependency: Dependency): void {
    if (this.#cacheable) this.#dependencies.push(dependency);
  }

  /** The response also depends on a service's answer, an error, or what one person alone may see. */
  markUncacheable(): void {
    this.#cacheable = false;
    this.#dependencies = [];
  }

  get isCacheable(): boolean {
    return this.#dependencies.length > 0;
  }

  isCurrent(): boolean {
    return this.#dependencies.every((dependency) => dependency.isCurrent());
  }

  bytes(): number {
    return this.#dependencies.reduce((sum, dependency) => sum + dependency.bytes(), 0);
  }
}

export type TrackedRead<T, Row> = {
  read(): MaybePromise<T>;
  rowsOf(value: T): readonly (Row | null)[];
  bytesOf(row: Row): number;
};

/** Reads, and records the rows as dependencies of the response if they were cached. Without them it only reads. */
export function trackDependencies<T, Row>(
  dependencies: ResponseDependencies | undefined,
  { read, rowsOf, bytesOf }: TrackedRead<T, Row>,
): MaybePromise<T> {
  const value = read();
  if (!dependencies) return value;
  if (value instanceof Promise) {
    dependencies.markUncacheable();
    return value;
  }
  const before = rowsOf(value);
  dependencies.add({
    isCurrent() {
      const now = read();
      if (now instanceof Promise) {
        // The request is executed then, reads again and is told of the failure.
        now.catch(() => {});
        return false;
      }
      const after = rowsOf(now);
      return after.length === before.length && after.every((row, at) => row === before[at]);
    },
    bytes: () => before.reduce((sum, row) => sum + (row ? bytesOf(row) : bytesOfEntry), 0),
  });
  return value;
}
