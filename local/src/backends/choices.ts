import { join } from "node:path";
import { checkout } from "../instance.ts";

/** Every choice of `npm start`, the default of each kind first. */
const table = {
  broker: ["redis", "rabbitmq", "jetstream", "kafka"],
  state: ["redis", "postgresql"],
  search: ["embedded", "elasticsearch"],
  media: ["localstorage", "s3"],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof table;

/** One name of each kind: the folder of its Dapr resources. */
export type Choices = { [K in Kind]: (typeof table)[K][number] };

export const kinds = Object.keys(table) as Kind[];

export function namesOf<K extends Kind>(kind: K): Choices[K][] {
  return [...table[kind]] as Choices[K][];
}

/** What is not chosen is the first of its kind. */
export function complete(chosen: Partial<Choices>): Choices {
  const entries = kinds.map((kind) => [kind, chosen[kind] ?? table[kind][0]]);
  return Object.fromEntries(entries) as Choices;
}

/** The folders of Dapr resources of these choices. */
export function resourceFolders(choices: Choices): string[] {
  return kinds.map((kind) => join(checkout, "components/resources", kind, choices[kind]));
}
