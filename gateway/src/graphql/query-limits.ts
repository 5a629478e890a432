import { AppError, defaultPageSize } from "@sidecart/platform/rpc";
import { meter } from "@sidecart/platform/telemetry";
import { type DocumentNode, type GraphQLSchema, Kind, type TypeNode } from "graphql";
import { type ComplexityEstimator, getComplexity } from "graphql-query-complexity";
import { LRUCache } from "lru-cache";
import { gatewayErrors } from "../errors.ts";
import { introspectionEstimator } from "./introspection.ts";

/** Deeper queries are refused before execution. GraphiQL's introspection query is 15 deep. */
export const maxDepth = 16;
/** About 1 for each field of each row that a query may return. */
export const maxCost = 25_000;
/** A longer query is refused before parsing; one with more tokens during parsing. */
export const maxQueryBytes = 16 * 1024;
export const maxTokens = 1_000;
/** Validation errors that are reported for one query. */
export const maxErrors = 20;
/** Parsed queries that are cached, for valid and for invalid ones each. One takes up to half a megabyte. */
export const cachedQueries = 100;
/** Query texts that are cached for clients that send only the hash. */
export const cachedTexts = 200;

/** Costs that are cached for each query, by the variables that decide the cost. */
const cachedCosts = 100;

/** Cost of a call to a service. Every root field makes one. */
const callCost = 100;

/** Facts about the cost of fields that the schema does not contain, by `Type.field`. */
export type FieldCosts = {
  /** Typical number of rows of lists without `first`. */
  listSizes: Readonly<Record<string, number>>;
  /** Large fields: what one costs beside others, by hundreds of characters that it usually has. */
  weights: Readonly<Record<string, number>>;
  /** Characters that a large field has at most. */
  longest: Readonly<Record<string, number>>;
  /** Fields that call a service for each object that contains them. Root fields always do. */
  calling: readonly string[];
  /** Work beyond a call, such as a search or a password's hash. `Query.products(query)`: only with that argument. */
  work: Readonly<Record<string, number>>;
};

/** Characters that a field has at most for each 1 of a request's size. */
const charactersOfSize = 400;

const weightEstimator =
  (weights: FieldCosts["weights"]): ComplexityEstimator =>
  ({ type, field }) =>
    weights[`${type.name}.${field.name}`];

const sizesOf = (longest: FieldCosts["longest"]) =>
  Object.fromEntries(Object.entries(longest).map(([name, most]) => [name, Math.ceil(most / charactersOfSize)]));

/** What every connection has besides its own fields. */
const partsOfConnections: Readonly<Record<string, "rows" | "once">> = {
  nodes: "rows",
  edges: "rows",
  pageInfo: "once",
  totalCount: "once",
};

/** What a call to a service and other work add to the cost of fields and rows. */
type Work = Pick<FieldCosts, "calling" | "work"> & { callCost: number };

function estimatorOf(listSizes: FieldCosts["listSizes"], { calling, work, callCost }: Work): ComplexityEstimator {
  return ({ type, field, node, args, childComplexity }) => {
    const name = `${type.name}.${field.name}`;
    // The field of the connection counts its rows.
    if (type.name.endsWith("Connection") && field.name in partsOfConnections) {
      return partsOfConnections[field.name] === "rows" ? childComplexity : 0;
    }
    const calls = type.name === "Query" || type.name === "Mutation" || calling.includes(name);
    const paged = field.args.some((arg) => arg.name === "first");
    const rows = paged ? (args.first as number | null) || defaultPageSize : (listSizes[name] ?? 1);
    const names = [name, ...(node.arguments ?? []).map((one) => `${name}(${one.name.value})`)];
    const extra = names.reduce((sum, one) => sum + (work[one] ?? 0), 0);
    return (calls ? callCost : 1) + extra + Math.max(rows, 1) * childComplexity;
  };
}

export function checkSize(query: string): void {
  if (Buffer.byteLength(query) > maxQueryBytes) throw new AppError(gatewayErrors.queryTooLarge);
}

type Variables = Record<string, unknown>;
type Costs = { cost: number; size: number };
type CachedCosts = { deciding: string[]; costs: LRUCache<string, Costs> };

export type CostLimit = {
  /** A field costs 1, a call to a service more, and a list its number of rows times the cost of one row. */
  costOf(schema: GraphQLSchema, query: DocumentNode, variables: Variables): number;
  /**
   * What the gateway holds in memory for a request, in 400 characters: fields times rows, with texts as long as they may be
   * and lists as long as usual.
   */
  sizeOf(schema: GraphQLSchema, query: DocumentNode, variables: Variables): number;
  /** Returns the size, see `sizeOf`. Throws QUERY_TOO_EXPENSIVE, before execution. */
  check(schema: GraphQLSchema, query: DocumentNode, variables: Variables): number;
};

export function createCostLimit(fieldCosts: FieldCosts): CostLimit {
  const costsOf = new WeakMap<DocumentNode, CachedCosts>();
  const histogram = meter().createHistogram("sidecart_graphql_cost", {
    description: "Cost of a request before execution, in the units of docs/api.md",
    advice: { explicitBucketBoundaries: [100, 200, 500, 1_000, 2_500, 5_000, 10_000, maxCost] },
  });
  const { listSizes, calling, work } = fieldCosts;
  const sum =
    (...ofFields: ComplexityEstimator[]): CostLimit["costOf"] =>
    (schema, query, variables) =>
      getComplexity({ schema, query, variables, estimators: [introspectionEstimator(schema), ...ofFields] });
  const costOf = sum(weightEstimator(fieldCosts.weights), estimatorOf(listSizes, { calling, work, callCost }));
  const sizeOf = sum(
    weightEstimator(sizesOf(fieldCosts.longest)),
    estimatorOf(listSizes, { calling: [], work: {}, callCost: 1 }),
  );

  /** Only the variables in `first`, `@include` and `@skip` decide the cost, so it is cached by their values. */
  function cachedCostsOf(schema: GraphQLSchema, query: DocumentNode, variables: Variables): Costs {
    let cached = costsOf.get(query);
    if (!cached) {
      cached = { deciding: decidingVariables(query), costs: new LRUCache({ max: cachedCosts }) };
      costsOf.set(query, cached);
    }
    const values = cached.deciding.map((name) => String(variables[name])).join();
    const known = cached.costs.get(values);
    if (known) return known;
    const cost = costOf(schema, query, variables);
    const size = cost > maxCost ? 0 : sizeOf(schema, query, variables);
    cached.costs.set(values, { cost, size });
    return { cost, size };
  }

  return {
    costOf,
    sizeOf,
    check(schema, query, variables) {
      const { cost, size } = cachedCostsOf(schema, query, variables);
      histogram.record(cost);
      if (cost <= maxCost) return size;
      const message = `The query costs ${cost}; at most ${maxCost} is allowed. Ask for fewer rows or fields.`;
      throw new AppError(gatewayErrors.queryTooExpensive, { message });
    },
  };
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
