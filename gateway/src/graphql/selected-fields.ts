import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/** Whether the query selects one of these fields of the field's value, with any directive. */
export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, ...names: string[]): boolean {
  const isIn = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((one) => {
      if (one.kind === Kind.FIELD) return names.includes(one.name.value);
      return isIn(one.kind === Kind.FRAGMENT_SPREAD ? fragments[one.name.value]?.selectionSet : one.selectionSet);
    }) ?? false;
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet));
}
