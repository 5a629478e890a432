import { AppError, commonErrors } from "@sidecart/platform/rpc";
import { GraphQLScalarType, Kind, type ObjectValueNode, type ValueNode } from "graphql";
import { z } from "zod";

const isMinorUnits = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);

function isTextMap(value: unknown): value is Record<string, string> {
  const good = typeof value === "object" && value !== null && !Array.isArray(value);
  return good && Object.values(value).every((one) => typeof one === "string");
}

/** A wrong value from a service is an internal error, not the caller's. */
function answered<T>(name: string, is: (value: unknown) => value is T, value: unknown): T {
  if (is(value)) return value;
  throw new Error(`a service returned a value that is not ${name}`);
}

function given<T>(text: string, is: (value: unknown) => value is T, value: unknown): T {
  if (is(value)) return value;
  throw new AppError(commonErrors.invalid, { message: text });
}

const minorUnits = (value: unknown) =>
  given("MinorUnits is a whole number between -(2^53-1) and 2^53-1.", isMinorUnits, value);

/** Amounts as JSON numbers: GraphQL's Int ends at 2^31. */
export const minorUnitsScalar = new GraphQLScalarType({
  name: "MinorUnits",
  serialize: (value) => answered("an amount", isMinorUnits, typeof value === "bigint" ? Number(value) : value),
  parseValue: minorUnits,
  parseLiteral: (node) => minorUnits(node.kind === Kind.INT ? Number(node.value) : undefined),
});

const isTime = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value);

const rfc3339 = z.iso.datetime({ offset: true });
const isRfc3339 = (value: unknown): value is string => rfc3339.safeParse(value).success;

const dateTime = (value: unknown) =>
  new Date(given("DateTime is a time in RFC 3339, such as 2026-11-30T09:15:13Z.", isRfc3339, value)).toISOString();

/** Times in UTC. Clients may send any offset. */
export const dateTimeScalar = new GraphQLScalarType({
  name: "DateTime",
  serialize: (value) => answered("a time", isTime, value),
  parseValue: dateTime,
  parseLiteral: (node) => dateTime(node.kind === Kind.STRING ? node.value : undefined),
});

/** `__proto__` is no key: it would be lost on the way to the service. */
function textMap(value: unknown): Record<string, string> {
  const map = given("TextMap is an object whose values are texts.", isTextMap, value);
  if (!Object.hasOwn(map, "__proto__")) return map;
  throw new AppError(commonErrors.invalid, { message: "TextMap cannot have the key __proto__." });
}

type Variables = Record<string, unknown> | null | undefined;

/** As in an input object, a field whose variable is absent is absent. */
function literalMap({ fields }: ObjectValueNode, variables: Variables) {
  const entries = fields.map(({ name, value }) => [name.value, literalText(value, variables), value.kind] as const);
  const isAbsent = (value: unknown, kind: Kind) => value === undefined && kind === Kind.VARIABLE;
  const given = entries.filter(([, value, kind]) => !isAbsent(value, kind));
  if (new Set(given.map(([name]) => name)).size === given.length) return Object.fromEntries(given);
  throw new AppError(commonErrors.invalid, { message: "TextMap has a key twice." });
}

/** Validation has no values of variables; `prepareVariables` checks them before the execution. */
function literalText(node: ValueNode, variables: Variables): unknown {
  if (node.kind === Kind.VARIABLE) return variables ? variables[node.name.value] : "";
  return node.kind === Kind.STRING ? node.value : undefined;
}

export const textMapScalar = new GraphQLScalarType({
  name: "TextMap",
  serialize: (value) => answered("a map of texts", isTextMap, value),
  parseValue: textMap,
  parseLiteral: (node, variables) => textMap(node.kind === Kind.OBJECT ? literalMap(node, variables) : undefined),
});
