import { AppError } from "@sidecart/platform/errors";
import type { DocumentNode, GraphQLSchema } from "graphql";
import { type ComplexityEstimator, getComplexity } from "graphql-query-complexity";

/** Deeper queries are refused before anything runs. The introspection query of GraphiQL is 15 deep. */
export const maxDepth = 16;
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

/** Refuses a query that would cost too much, before it runs. */
export function checkCost(schema: GraphQLSchema, query: DocumentNode, variables: Record<string, unknown>): void {
  const cost = getComplexity({ schema, query, variables, estimators: [estimate] });
  if (cost <= maxCost) return;
  const text = `The query costs ${cost}; at most ${maxCost} is allowed. Ask for fewer rows or fields.`;
  throw new AppError({ code: "QUERY_TOO_EXPENSIVE", status: "INVALID_ARGUMENT", text });
}
