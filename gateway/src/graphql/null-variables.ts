import { AppError, commonErrors } from "@sidecart/platform/rpc";
import {
  type DocumentNode,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

type Variables = Record<string, unknown>;

const namesIn = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

/**
 * Refuses null for a variable that is used where null is not allowed. Validation allows such a use if there is a default,
 * so an execution would fail at that field, and look like a fault of ours.
 */
export function refuseNulls(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): void {
  const names = namesIn.get(operation) ?? usedAsNonNull(schema, only(document, operation), operation);
  namesIn.set(operation, names);
  for (const name of names) {
    if (variables[name] !== null) continue;
    throw new AppError(commonErrors.invalid, { message: `Variable "$${name}" must not be null.` });
  }
}

/** The document with one operation and the fragments that it uses. */
function only(document: DocumentNode, { name }: OperationDefinitionNode): DocumentNode {
  return separateOperations(document)[name?.value ?? ""] ?? document;
}

/** Nullable variables that are used as an argument, a field or an item that is not. */
function usedAsNonNull(
  schema: GraphQLSchema,
  document: DocumentNode,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Set<string> {
  const nullable = new Set(
    variableDefinitions.filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE).map((one) => one.variable.name.value),
  );
  const names = new Set<string>();
  if (nullable.size === 0) return names;
  const types = new TypeInfo(schema);
  const Variable = ({ name: { value } }: { name: { value: string } }) => {
    if (nullable.has(value) && isNonNullType(types.getInputType())) names.add(value);
  };
  visit(document, visitWithTypeInfo(types, { VariableDefinition: () => false, Variable }));
  return names;
}
