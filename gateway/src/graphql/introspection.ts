import { AppError } from "@sidecart/platform/rpc";
import {
  type DocumentNode,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  visit,
} from "graphql";
import type { ComplexityEstimator } from "graphql-query-complexity";
import { gatewayErrors } from "../errors.ts";

/** Throws INTROSPECTION_OFF for a query that reads the schema. `__typename` is always allowed. */
export function refuseIntrospection(document: DocumentNode): void {
  visit(document, {
    Field({ name: { value } }) {
      if (value === "__schema" || value === "__type") throw new AppError(gatewayErrors.introspectionOff);
    },
  });
}

const rowsOfSchema = new WeakMap<GraphQLSchema, Record<string, number>>();

/** Prices the lists of introspection by their mean length in the schema. */
export function introspectionEstimator(schema: GraphQLSchema): ComplexityEstimator {
  const rows = rowsOfSchema.get(schema) ?? rowsIn(schema);
  rowsOfSchema.set(schema, rows);
  return ({ type, field, childComplexity }) => {
    if (!isIntrospectionType(type)) return undefined;
    return 1 + Math.max(rows[field.name] ?? 1, 1) * childComplexity;
  };
}

function rowsIn(schema: GraphQLSchema): Record<string, number> {
  const types = Object.values(schema.getTypeMap());
  const withFields = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = withFields.flatMap((type) => Object.values(type.getFields()));
  const inputs = types.filter(isInputObjectType);
  const enums = types.filter(isEnumType);
  const share = (count: number) => count / types.length;
  return {
    types: types.length,
    directives: schema.getDirectives().length,
    fields: share(fields.length),
    inputFields: share(inputs.flatMap((type) => Object.values(type.getFields())).length),
    enumValues: share(enums.flatMap((type) => type.getValues()).length),
    args: fields.flatMap(({ args }) => args).length / Math.max(fields.length, 1),
  };
}
