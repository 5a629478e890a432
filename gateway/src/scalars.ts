import { AppError, commonErrors } from "@sidecart/platform/errors";
import { GraphQLScalarType, Kind, type ValueNode } from "graphql";

const invalid = (message: string) => new AppError(commonErrors.invalid, { message });

function minorUnits(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw invalid("MinorUnits is a whole number between -(2^53-1) and 2^53-1.");
}

/** Amounts as JSON numbers: GraphQL's own Int ends at 2^31. */
export const minorUnitsScalar = new GraphQLScalarType({
  name: "MinorUnits",
  serialize: (value) => minorUnits(typeof value === "bigint" ? Number(value) : value),
  parseValue: minorUnits,
  parseLiteral: (node) => minorUnits(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function textMap(value: unknown): Record<string, string> {
  const good = typeof value === "object" && value !== null && !Array.isArray(value);
  if (good && Object.values(value).every((one) => typeof one === "string")) return value as Record<string, string>;
  throw invalid("TextMap is an object whose values are texts.");
}

function literalMap(node: ValueNode): Record<string, string> {
  if (node.kind !== Kind.OBJECT) throw invalid("TextMap is an object whose values are texts.");
  const entries = node.fields.map(({ name, value }) => [
    name.value,
    value.kind === Kind.STRING ? value.value : undefined,
  ]);
  return textMap(Object.fromEntries(entries));
}

export const textMapScalar = new GraphQLScalarType({
  name: "TextMap",
  serialize: textMap,
  parseValue: textMap,
  parseLiteral: literalMap,
});
