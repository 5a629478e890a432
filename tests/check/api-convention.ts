import {
  buildSchema,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";

type Described = { description?: string | null | undefined };
type AnyField = GraphQLField<unknown, unknown>;

const capitals = /^[A-Z][A-Z0-9_]*$/;
const pageArguments = "(first: Int = 20, after: String";

/** What of a schema has no description or differs from the API convention (ADR 0024): one line for each. */
export function conventionProblems(typeDefs: string): string[] {
  const types = Object.values(buildSchema(typeDefs).getTypeMap());
  return types.filter((type) => !isSpecifiedScalarType(type) && !type.name.startsWith("__")).flatMap(problemsOfType);
}

function problemsOfType(type: GraphQLNamedType): string[] {
  const { name } = type;
  const own = undescribed(name, type);
  if (isEnumType(type)) return [...own, ...type.getValues().flatMap((value) => problemsOfValue(name, value))];
  if (isInputObjectType(type)) {
    return [...own, ...Object.values(type.getFields()).flatMap((one) => problemsOfName(`${name}.${one.name}`, one))];
  }
  if (!isObjectType(type)) return own;
  const fields = Object.values(type.getFields());
  return [...own, ...shapeProblems(type), ...fields.flatMap((field) => problemsOfField(type, field))];
}

const undescribed = (name: string, { description }: Described) =>
  description?.trim() ? [] : [`${name}: no description`];

function problemsOfValue(type: string, value: Described & { name: string }): string[] {
  const name = `${type}.${value.name}`;
  return [...undescribed(name, value), ...(capitals.test(value.name) ? [] : [`${name}: not in capitals`])];
}

function problemsOfField({ name: type }: GraphQLObjectType, field: AnyField): string[] {
  const name = `${type}.${field.name}`;
  const named = [field, ...field.args].flatMap((one) =>
    problemsOfName(one === field ? name : `${name}(${one.name})`, one),
  );
  const required = type === "Query" && isNonNullType(field.type) ? [`${name}: not nullable`] : [];
  return [...named, ...required, ...problemsOfPaging(name, field)];
}

/** The rules of a name and its type, for fields, input fields and arguments alike. */
function problemsOfName(name: string, one: Described & { name: string; type: GraphQLType }): string[] {
  const problems = undescribed(name, one);
  if (!/^[a-z][a-zA-Z0-9]*$/.test(one.name)) problems.push(`${name}: not in camel case`);
  if (/(^a|A)t$/.test(one.name) && getNamedType(one.type).name !== "DateTime") problems.push(`${name}: no DateTime`);
  if (/(^i|I)ds?$/.test(one.name) && getNamedType(one.type).name !== "ID") problems.push(`${name}: no ID`);
  if (/account/i.test(name)) problems.push(`${name}: an account is a user in the API`);
  return problems;
}

/** A connection has the arguments of a page, and what has these arguments is a connection. */
function problemsOfPaging(name: string, { args, type }: AnyField): string[] {
  const given = new Map(args.map((arg) => [arg.name, `${arg.type} = ${arg.defaultValue}`]));
  const isConnection = getNamedType(type).name.endsWith("Connection");
  if (!isConnection) return given.has("after") ? [`${name}: has a page's arguments, but is no connection`] : [];
  const isPaged = given.get("first") === "Int = 20" && given.get("after") === "String = undefined";
  return isPaged ? [] : [`${name}: its arguments do not start with ${pageArguments}`];
}

function shapeProblems(type: GraphQLObjectType): string[] {
  if (!type.name.endsWith("Connection")) return [];
  const fields = type.getFields();
  const node = getNamedType(fields.nodes?.type)?.name;
  const wanted = { nodes: `[${node}!]!`, edges: `[${node}Edge!]!`, pageInfo: "PageInfo!" };
  return Object.entries(wanted).flatMap(([field, shape]) =>
    String(fields[field]?.type) === shape ? [] : [`${type.name}.${field}: not ${shape}`],
  );
}

/** As a check: undefined when there is no problem. */
export async function apiConventionProblems(): Promise<string | undefined> {
  const { typeDefs } = await import("@sidecart/gateway/domains/domains");
  const problems = conventionProblems(typeDefs);
  return problems.length > 0 ? problems.join("\n") : undefined;
}
