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

/** What Mercurius executes instead of what came. With `document` it does not compile the query. */
export type Prepared = { variables: Variables } | { document: DocumentNode };

/** Mercurius also accepts a syntax tree in JSON, which no limit of ours counts: we accept GraphQL text only. */
export function refuseTree(document: DocumentNode | null): void {
  if (document?.loc instanceof Location) return;
  throw new AppError(commonErrors.invalid, { message: "The query is not GraphQL text." });
}

/**
 * The variables as GraphQL coerces them. Compiled queries need them coerced: graphql-jit 0.8 refuses a non-null input field
 * that is left to its default. It also compiles only one operation a text, so a text of several runs uncompiled.
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

/** Half a surrogate pair cannot be written in UTF-8: the services would get another text. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, one]) => key.isWellFormed() && isWellFormed(one));
}
