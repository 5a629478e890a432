import { AppError } from "@sidecart/platform/rpc";
import { type DocumentNode, type GraphQLSchema, Kind, type TypeNode } from "graphql";
import { type ComplexityEstimator, getComplexity } from "graphql-query-complexity";
import { LRUCache } from "lru-cache";
import { gatewayErrors } from "./errors.ts";

/** Deeper queries are refused before anything runs. The introspection query of GraphiQL is 15 deep. */
export const maxDepth = 16;
/** About one for each field of each row that a query may return. */
export const maxCost = 25_000;
/** Larger texts are refused before they are parsed, and longer ones while they are. */
export const maxQueryBytes = 16 * 1024;
export const maxTokens = 1_000;
/** Of what is wrong with a query, so much is told. */
export const maxErrors = 20;
/** Parsed queries that are kept, good ones and bad ones each: one takes up to half a megabyte. */
export const keptQueries = 100;
/** Query texts that are kept for clients which send their hash. */
export const keptTexts = 200;

/** Costs that are kept of each query, by the variables that it depends on. */
const keptCosts = 100;

/** A call to a service, which every root field makes, and these for each row they stand in. */
const callCost = 100;
const calling = ["Query", "Mutation", "User.orders"];

/** Rows of a list when `first` is not given, here and in the services. */
const defaultFirst = 20;
/** Rows that lists without `first` have in practice. */
export const listSizes: Readonly<Record<string, number>> = {
  "Order.orderProducts": 10,
  "Order.history": 8,
  "ProductSearch.facets": 4,
  "Facet.values": 20,
  // As many as the `first` of the field around them, which counts them.
  "ProductSearch.items": 1,
  "DeadLetters.items": 1,
};

const estimate: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const name = `${type.name}.${field.name}`;
  const own = calling.includes(type.name) || calling.includes(name) ? callCost : 1;
  const paged = field.args.some((arg) => arg.name === "first");
  const rows = paged ? (args.first as number | null) || defaultFirst : (listSizes[name] ?? 1);
  return own + Math.max(rows, 1) * childComplexity;
};

export function checkSize(query: string): void {
  if (Buffer.byteLength(query) > maxQueryBytes) throw new AppError(gatewayErrors.queryTooLarge);
}

/** A field costs 1, a call to a service more; a list, its rows times what they hold. */
export const costOf = (schema: GraphQLSchema, query: DocumentNode, variables: Record<string, unknown>): number =>
  getComplexity({ schema, query, variables, estimators: [estimate] });

/** Refuses a query that would cost too much, before it runs. */
export function checkCost(schema: GraphQLSchema, query: DocumentNode, variables: Record<string, unknown>): void {
  const cost = keptCostOf(schema, query, variables);
  if (cost <= maxCost) return;
  const message = `The query costs ${cost}; at most ${maxCost} is allowed. Ask for fewer rows or fields.`;
  throw new AppError(gatewayErrors.queryTooExpensive, { message });
}

type Known = { deciding: string[]; costs: LRUCache<string, number> };
const known = new WeakMap<DocumentNode, Known>();

/** The cost, which is the same for the same `first`s, `@include`s and `@skip`s: no other variable decides it. */
function keptCostOf(schema: GraphQLSchema, query: DocumentNode, variables: Record<string, unknown>): number {
  let kept = known.get(query);
  if (!kept) {
    kept = { deciding: decidingVariables(query), costs: new LRUCache({ max: keptCosts }) };
    known.set(query, kept);
  }
  const values = kept.deciding.map((name) => String(variables[name])).join();
  const cost = kept.costs.get(values) ?? costOf(schema, query, variables);
  kept.costs.set(values, cost);
  return cost;
}

function decidingVariables({ definitions }: DocumentNode): string[] {
  const variables = definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? (one.variableDefinitions ?? []) : [],
  );
  return variables
    .filter(({ type }) => ["Int", "Boolean"].includes(nameOf(type)))
    .map((one) => one.variable.name.value);
}

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));
