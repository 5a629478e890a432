import { AppError, commonErrors } from "@sidecart/platform/rpc";
import {
  type DocumentNode,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  Location,
  type OperationDefinitionNode,
} from "graphql";
import { refuseNulls } from "./null-variables.ts";
import { fillScalars } from "./scalar-literals.ts";

type Variables = Record<string, unknown>;

/**
 * Replaces the variables or the document that Mercurius executes. With `document` Mercurius does not compile the query.
 */
export type Prepared = { variables: Variables } | { document: DocumentNode };

/** Mercurius also accepts a syntax tree as JSON, which our limits do not check. We accept GraphQL text only. */
export function requireQueryText(document: DocumentNode | null): void {
  if (document?.loc instanceof Location) return;
  throw new AppError(commonErrors.invalid, { message: "The query is not GraphQL text." });
}

/**
 * Coerces the variables as GraphQL does. Compiled queries need that: graphql-jit 0.8 refuses a non-null input field
 * that is left to its default. It also compiles only one operation of a text, so a text with several operations runs
 * uncompiled. So does a text with variables inside scalars' literals, which graphql-jit does not know.
 */
export function prepareVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  given: Variables,
  operationName?: string,
): Prepared {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operationName ? operations.filter(({ name }) => name?.value === operationName) : operations;
  if (operation === undefined || (!operationName && operations.length > 1)) return { document };
  const variables = coerce(schema, operation, given);
  if (!isWellFormed(variables)) {
    throw new AppError(commonErrors.invalid, { message: "A variable contains half of a surrogate pair." });
  }
  refuseNulls(schema, document, operation, variables);
  const filled = fillScalars(schema, document, variables);
  if (filled) return { document: filled };
  return operations.length > 1 ? { document } : { variables };
}

function coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Variables): Variables {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (errors) throw new AggregateError(errors, "variables");
  return coerced;
}

/** UTF-8 cannot encode half a surrogate pair: the services would get a different text. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, one]) => key.isWellFormed() && isWellFormed(one));
}
