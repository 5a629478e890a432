import type { MaybePromise } from "./maybe-promise.ts";
import { bytesOfEntry } from "./memory-budget.ts";

/** Cached values that a response was built from. */
export type Dependency = {
  /** Whether a read would return the same values now. */
  isCurrent(): boolean;
  /** Size of the values: a cached response keeps them in memory. */
  bytes(): number;
};

/**
 * Collects the dependencies of a response. The response is cacheable if it depends only on cached values that every
 * caller may see, and only while these values are current.
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

  /** For a response that also depends on a service's response, on an error, or on data that only one caller may see. */
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
  /** What else of the value the response shows. Absent: nothing. */
  restOf?(value: T): unknown;
  bytesOf(row: Row): number;
};

/** Reads, and records the rows as dependencies of the response if they were cached. */
export function trackDependencies<T, Row>(
  dependencies: ResponseDependencies | undefined,
  { read, rowsOf, restOf, bytesOf }: TrackedRead<T, Row>,
): MaybePromise<T> {
  const value = read();
  if (!dependencies) return value;
  if (value instanceof Promise) {
    dependencies.markUncacheable();
    return value;
  }
  const before = rowsOf(value);
  const rest = restOf?.(value);
  dependencies.add({
    isCurrent() {
      const now = read();
      if (now instanceof Promise) {
        // Ignored: the request is executed instead, reads again and gets the error.
        now.catch(() => {});
        return false;
      }
      const after = rowsOf(now);
      const sameRows = after.length === before.length && after.every((row, at) => row === before[at]);
      return sameRows && restOf?.(now) === rest;
    },
    bytes: () => before.reduce((sum, row) => sum + (row ? bytesOf(row) : bytesOfEntry), 0),
  });
  return value;
}
