import {
  type DocumentNode,
  type GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isScalarType,
  Kind,
  type ObjectFieldNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from "graphql";

type Variables = Record<string, unknown>;
type Replace = (literal: ValueNode, type: GraphQLScalarType) => ValueNode;

/** Whether a document has variables inside the literal of a scalar, such as `{ color: $color }`. */
const withVariables = new WeakMap<DocumentNode, boolean>();

/**
 * Puts the values of variables into scalars' literals, which GraphQL leaves to each scalar. Undefined for a document
 * without such literals. Throws what the scalar throws for a wrong value.
 */
export function fillScalars(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Variables,
): DocumentNode | undefined {
  const known = withVariables.get(document) ?? hasVariables(schema, document);
  withVariables.set(document, known);
  if (!known) return undefined;
  return replaceScalars(schema, document, (literal, type) => {
    const filled = fill(literal, variables) ?? nothing;
    type.parseLiteral(filled);
    return filled;
  });
}

function hasVariables(schema: GraphQLSchema, document: DocumentNode): boolean {
  let found = false;
  replaceScalars(schema, document, (literal) => {
    visit(literal, {
      Variable() {
        found = true;
      },
    });
    return literal;
  });
  return found;
}

function replaceScalars(schema: GraphQLSchema, document: DocumentNode, replace: Replace): DocumentNode {
  const types = new TypeInfo(schema);
  const enter = (literal: ValueNode) => {
    // In a list, `types` already has the type of its items.
    const type = literal.kind === Kind.LIST ? types.getParentInputType() : types.getInputType();
    if (literal.kind === Kind.LIST && isListType(getNullableType(type))) return undefined;
    const scalar = getNamedType(type);
    return isScalarType(scalar) ? replace(literal, scalar) : undefined;
  };
  return visit(document, visitWithTypeInfo(types, { ObjectValue: { enter }, ListValue: { enter } }));
}

const nothing: ValueNode = { kind: Kind.NULL };

/** Undefined for a variable that is absent. As in input objects and lists, its field is absent, and its item null. */
function fill(node: ValueNode, variables: Variables): ValueNode | undefined {
  if (node.kind === Kind.VARIABLE) return literalOf(variables[node.name.value]);
  if (node.kind === Kind.LIST) return { ...node, values: node.values.map((one) => fill(one, variables) ?? nothing) };
  if (node.kind !== Kind.OBJECT) return node;
  const fields = node.fields.flatMap((field) => {
    const value = fill(field.value, variables);
    return value ? [{ ...field, value }] : [];
  });
  return { ...node, fields };
}

function literalOf(value: unknown): ValueNode | undefined {
  if (value === undefined) return undefined;
  if (value === null) return nothing;
  if (typeof value === "string") return { kind: Kind.STRING, value };
  if (typeof value === "boolean") return { kind: Kind.BOOLEAN, value };
  if (typeof value === "number") return { kind: Number.isInteger(value) ? Kind.INT : Kind.FLOAT, value: String(value) };
  if (Array.isArray(value)) return { kind: Kind.LIST, values: value.map((one) => literalOf(one) ?? nothing) };
  return { kind: Kind.OBJECT, fields: Object.entries(value as object).flatMap(fieldOf) };
}

function fieldOf([name, one]: [string, unknown]): ObjectFieldNode[] {
  const value = literalOf(one);
  return value ? [{ kind: Kind.OBJECT_FIELD, name: { kind: Kind.NAME, value: name }, value }] : [];
}
