import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";
import type { RootField } from "../operation-counts.ts";

const cached = new WeakMap<DocumentNode, Map<string | undefined, readonly RootField[]>>();

/** The root fields of the chosen operation, also those in fragments. */
export function rootFieldsOf(document: DocumentNode, operationName: string | undefined): readonly RootField[] {
  const byName = cached.get(document) ?? new Map<string | undefined, readonly RootField[]>();
  cached.set(document, byName);
  const fields = byName.get(operationName) ?? collect(document, operationName);
  byName.set(operationName, fields);
  return fields;
}

function collect({ definitions }: DocumentNode, operationName: string | undefined): RootField[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const chosen = operations.find(({ name }) => operationName === undefined || name?.value === operationName);
  return chosen ? fieldsOf(chosen.selectionSet, fragments) : [];
}

/** Validation has refused fragments that contain themselves. */
function fieldsOf({ selections }: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): RootField[] {
  return selections.flatMap((one): RootField[] => {
    if (one.kind === Kind.FIELD) {
      const operation = one.name.value;
      return [{ key: one.alias?.value ?? operation, operation }];
    }
    const within = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value);
    return within ? fieldsOf(within.selectionSet, fragments) : [];
  });
}
