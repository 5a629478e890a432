import { randomUUID } from "node:crypto";
import { typeDefs } from "@sidecart/gateway/domains/domains";
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from "graphql";

const schema = buildSchema(typeDefs);

export type Operation = { kind: "query" | "mutation"; field: GraphQLField<unknown, unknown> };
/** A position in an operation's arguments that contains a scalar or an enum. */
export type Leaf = { path: (string | number)[]; type: GraphQLNamedInputType; nullable: boolean };

export function operations(): Operation[] {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  return [
    ...queries.map((field) => ({ kind: "query", field }) as const),
    ...mutations.map((field) => ({ kind: "mutation", field }) as const),
  ];
}

/** The operation with all its arguments as variables. */
export function document({ kind, field }: Operation): string {
  const names = field.args.map(({ name }) => `${name}: $${name}`);
  const types = field.args.map(({ name, type }) => `$${name}: ${type}`);
  const given = names.length > 0 ? `(${names.join(", ")})` : "";
  const asked = types.length > 0 ? `(${types.join(", ")})` : "";
  return `${kind}${asked} { ${field.name}${given} ${selection(field)} }`;
}

/** The operation with the values as literals in its text. */
export function literalDocument({ kind, field }: Operation, variables: Record<string, unknown>): string {
  const given = field.args.flatMap(({ name, type }) =>
    name in variables ? `${name}: ${literal(variables[name], type)}` : [],
  );
  return `${kind} { ${field.name}(${given.join(", ")}) ${selection(field)} }`;
}

const selection = (field: GraphQLField<unknown, unknown>) =>
  isLeafType(getNamedType(field.type)) ? "" : "{ __typename }";

export const leaves = ({ field }: Operation): Leaf[] => field.args.flatMap(({ name, type }) => leavesOf(type, [name]));

function leavesOf(type: GraphQLInputType, path: Leaf["path"], nullable = true): Leaf[] {
  if (isNonNullType(type)) return leavesOf(type.ofType, path, false);
  if (isListType(type)) return leavesOf(type.ofType, [...path, 0]);
  if (!isInputObjectType(type)) return [{ path, type, nullable }];
  return Object.values(type.getFields()).flatMap((field) => leavesOf(field.type, [...path, field.name]));
}

/** GraphQL has JSON's escapes; names of enum values and fields are not quoted. */
function literal(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (isListType(type) && Array.isArray(value)) return `[${value.map((one) => literal(one, type.ofType)).join(", ")}]`;
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    const entries = Object.entries(value as object).map(([name, one]) => {
      const field = fields[name];
      return `${name}: ${field ? literal(one, field.type) : JSON.stringify(one)}`;
    });
    return `{${entries.join(", ")}}`;
  }
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value).map(([name, one]) => `${name}: ${JSON.stringify(one)}`)}}`;
  }
  return "getValues" in type ? String(value) : JSON.stringify(value);
}

/** Something in each place of an operation's arguments: any text, number or id. */
export const anyVariables = ({ field }: Operation): Record<string, unknown> =>
  Object.fromEntries(field.args.map(({ name, type }) => [name, anyOf(type)]));

function anyOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return anyOf(type.ofType);
  if (isListType(type)) return [anyOf(type.ofType)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return Object.fromEntries(fields.map((one) => [one.name, anyOf(one.type)]));
  }
  if (isEnumType(type)) return type.getValues()[0]?.name;
  return { ID: randomUUID(), String: `Any text ${randomUUID()}`, Boolean: true, TextMap: {} }[type.name] ?? 1;
}

export function valueAt(value: unknown, path: Leaf["path"]): unknown {
  return path.reduce((one, step) => (one as Record<string, unknown> | undefined)?.[step], value);
}

/** A copy of `value` with another value at `path`. */
export function withValue<T>(value: T, [step, ...rest]: Leaf["path"], leaf: unknown): T {
  if (step === undefined) return leaf as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[step] = withValue(copy[step], rest, leaf);
  return copy as T;
}
