import { AppError, commonErrors } from "@sidecart/platform/rpc";
import {
  type DocumentNode,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  Location,
  type OperationDefinitionNode,
} from "graphql";

type Variables = Record<string, unknown>;

/** What Mercurius is to go on with instead of what came; `document` keeps it from compiling the query. */
export type Prepared = { variables: Variables } | { document: DocumentNode };

/** Mercurius also takes a syntax tree in JSON, which nothing limits: we take GraphQL text only. */
export function refuseTree(document: DocumentNode | null): void {
  if (document?.loc instanceof Location) return;
  throw new AppError(commonErrors.invalid, { message: "The query is not GraphQL text." });
}

/**
 * The variables as GraphQL coerces them. Compiled queries need that done before: graphql-jit 0.8 refuses a non-null
 * input field that is left to its default. It also compiles one operation a text, so a text of several runs uncompiled.
 */
export function prepareVariables(schema: GraphQLSchema, document: DocumentNode, given: Variables): Prepared {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length > 1 || operation === undefined) return { document };
  const variables = coerce(schema, operation, given);
  if (!isWellFormed(variables)) {
    throw new AppError(commonErrors.invalid, { message: "A variable contains half of a surrogate pair." });
  }
  return { variables };
}

function coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Variables): Variables {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (errors) throw new AggregateError(errors, "variables");
  return coerced;
}

/** Half a surrogate pair has no UTF-8: it would reach the services as another text. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, one]) => key.isWellFormed() && isWellFormed(one));
}
