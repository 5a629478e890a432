import { type AppError, isServersFault } from "@sidecart/platform/rpc";
import { meter } from "@sidecart/platform/telemetry";

/** A field of Query or Mutation, and the key of its value in the response. */
export type RootField = { key: string; operation: string };

/** An error of a response. `key` is that of its root field; absent when nothing was executed. */
export type CountedError = { key: string | undefined; code: string; failed: boolean };

type CountedResponse = {
  /** Empty when the request was refused before it was parsed. */
  fields: readonly RootField[];
  data: object | null | undefined;
  errors: readonly CountedError[];
  elapsedMs: number;
};

/** Requests that reach no operation: refused before they were parsed, not valid, or introspection. */
const otherOperation = "other";

type Count = { served: number; inTime: number; refused: number; failed: number; errors: Map<string, number> };

export type OperationCounts = {
  count(response: CountedResponse): void;
  /** Counts a request that was refused before its operations were known. */
  countRefusal(error: Pick<CountedError, "code" | "failed">): void;
  /** Returns what a cached response of these operations calls at each hit: one addition for each operation. */
  cacheHit(fields: readonly RootField[]): () => void;
};

/** Whether an error counts as our failure or as the caller's mistake. */
export const countedError = (error: AppError, key?: string): CountedError => ({
  key,
  code: error.code,
  failed: isServersFault(error),
});

/**
 * Counts what callers got, by operation: each operation once per response, with the worst outcome of its fields. The
 * labels are bounded: operations are fields of the schema, codes are those in docs/api.md.
 */
export function createOperationCounts(operations: readonly string[], inTimeMs: number): OperationCounts {
  const names = [...operations, otherOperation];
  const counts = new Map(names.map((name) => [name, emptyCount()]));
  observe(counts);
  const countOf = (operation: string) => counts.get(operation) ?? (counts.get(otherOperation) as Count);
  return {
    count({ fields, data, errors, elapsedMs }) {
      for (const [operation, error] of outcomesOf(fields, data, errors)) {
        const count = countOf(operation);
        if (error) addError(count, error);
        else {
          count.served += 1;
          if (elapsedMs <= inTimeMs) count.inTime += 1;
        }
      }
    },
    countRefusal: (error) => addError(countOf(otherOperation), error),
    cacheHit(fields) {
      const hits = [...new Set(fields.map(({ operation }) => countOf(operation)))];
      return () => {
        for (const count of hits) {
          count.served += 1;
          count.inTime += 1;
        }
      };
    },
  };
}

const emptyCount = (): Count => ({ served: 0, inTime: 0, refused: 0, failed: 0, errors: new Map() });

function addError(count: Count, { code, failed }: Pick<CountedError, "code" | "failed">): void {
  if (failed) count.failed += 1;
  else count.refused += 1;
  count.errors.set(code, (count.errors.get(code) ?? 0) + 1);
}

/** The worst error of each operation, undefined where it was served. */
function outcomesOf(
  fields: readonly RootField[],
  data: CountedResponse["data"],
  errors: readonly CountedError[],
): Map<string, CountedError | undefined> {
  const outcomes = new Map<string, CountedError | undefined>();
  for (const { key, operation } of fields.length > 0 ? fields : [{ key: "", operation: otherOperation }]) {
    // Without data nobody got anything, whichever field is the cause.
    const relevant = data ? errors.filter((error) => error.key === key) : errors;
    // Skipped by a directive.
    if (data && relevant.length === 0 && !(key in data)) continue;
    const worst = relevant.find(({ failed }) => failed) ?? relevant[0];
    if (worst?.failed || !outcomes.get(operation)?.failed) {
      outcomes.set(operation, worst ?? outcomes.get(operation));
    }
  }
  return outcomes;
}

/** Every series exists from the start, so that the first failure is an increase. */
function observe(counts: ReadonlyMap<string, Count>): void {
  meter()
    .createObservableCounter("sidecart_operations_total", {
      description: "Operations by outcome: served, refused (the caller's mistake) or failed (ours)",
    })
    .addCallback((result) => {
      for (const [operation, { served, refused, failed }] of counts) {
        result.observe(served, { operation, outcome: "served" });
        result.observe(refused, { operation, outcome: "refused" });
        result.observe(failed, { operation, outcome: "failed" });
      }
    });
  meter()
    .createObservableCounter("sidecart_operations_in_time_total", {
      description: "Operations that were served within SIDECART_IN_TIME_MS",
    })
    .addCallback((result) => {
      for (const [operation, { inTime }] of counts) result.observe(inTime, { operation });
    });
  meter()
    .createObservableCounter("sidecart_operation_errors_total", {
      description: "Operations that were refused or failed, by error code",
    })
    .addCallback((result) => {
      for (const [operation, { errors }] of counts) {
        for (const [code, number] of errors) result.observe(number, { operation, code });
      }
    });
}
