import type { ValidationRule } from "graphql";
import { type ComplexityEstimator, createComplexityRule } from "graphql-query-complexity";

/** Deeper queries are refused before anything runs. */
export const maxDepth = 8;
/** About one for each field of each row that a query may return. */
export const maxCost = 25_000;
/** Calls to a service that one query may cause at its top. */
const rootCost = 20;

/** A field costs 1; a list, its `first` times what it holds; a root field, the call behind it as well. */
const estimate: ComplexityEstimator = ({ args, childComplexity, type }) => {
  const first: unknown = args.first;
  const rows = typeof first === "number" && first > 0 ? first : 1;
  const root = type.name === "Query" || type.name === "Mutation";
  return (root ? rootCost : 1) + rows * childComplexity;
};

export function costRule(variables: Record<string, unknown>): ValidationRule {
  return createComplexityRule({
    maximumComplexity: maxCost,
    estimators: [estimate],
    variables,
    createError: (limit, cost) =>
      Object.assign(new Error(`The query costs ${cost}; at most ${limit} is allowed. Ask for fewer rows or fields.`), {
        extensions: { code: "QUERY_TOO_EXPENSIVE" },
      }) as never,
  });
}
