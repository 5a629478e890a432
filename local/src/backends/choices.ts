import { join } from "node:path";
import { checkout } from "../instance.ts";
import { backendNames } from "./backend-names.mjs";

export type Kind = keyof typeof backendNames;

/** One name of each kind, which is also the folder of its Dapr resources. */
export type Choices = { [K in Kind]: (typeof backendNames)[K][number] };

export const kinds = Object.keys(backendNames) as Kind[];

export function namesOf<K extends Kind>(kind: K): Choices[K][] {
  return [...backendNames[kind]] as Choices[K][];
}

/** The default is the first of its kind. */
export function complete(chosen: Partial<Choices>): Choices {
  const entries = kinds.map((kind) => [kind, chosen[kind] ?? backendNames[kind][0]]);
  return Object.fromEntries(entries) as Choices;
}

/** The folder of all Dapr resources. */
export const resources = join(checkout, "components/resources");

/** The folders of Dapr resources of these choices. */
export function resourceFolders(choices: Choices, root: string = resources): string[] {
  return kinds.map((kind) => join(root, kind, choices[kind]));
}
