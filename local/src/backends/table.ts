import { join } from "node:path";
import { checkout } from "../instance.ts";
import type { Backend } from "./backend.ts";
import { elasticsearch } from "./elasticsearch.ts";
import { embeddedSearch } from "./embedded-search.ts";
import { jetstream } from "./jetstream.ts";
import { kafka } from "./kafka.ts";
import { localStorage } from "./local-storage.ts";
import { postgresql } from "./postgresql.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";

/** Every choice of `npm start`, the default of each kind first. */
const table = {
  broker: { redis, rabbitmq, jetstream, kafka },
  state: { redis, postgresql },
  search: { embedded: embeddedSearch, elasticsearch },
  media: { localstorage: localStorage, s3 },
} satisfies Record<string, Record<string, Backend>>;

export type Kind = keyof typeof table;

/** One name of each kind: the folder of its Dapr resources. */
export type Choices = { [K in Kind]: keyof (typeof table)[K] & string };

export const kinds = Object.keys(table) as Kind[];

export function namesOf<K extends Kind>(kind: K): Choices[K][] {
  return Object.keys(table[kind]) as Choices[K][];
}

/** What is not chosen is the first of its kind. */
export function complete(chosen: Partial<Choices>): Choices {
  const entries = kinds.map((kind) => [kind, chosen[kind] ?? namesOf(kind)[0]]);
  return Object.fromEntries(entries) as Choices;
}

/** What is to be started for these choices. Redis always: the gateway's replicas share their rate limits in it. */
export function backendsOf(choices: Choices): { title: string; backend: Backend }[] {
  const chosen = kinds.map((kind) => {
    const names: Record<string, Backend> = table[kind];
    return { title: `${kind} ${choices[kind]}`, backend: names[choices[kind]] ?? redis };
  });
  return [{ title: "Redis", backend: redis }, ...chosen.filter(({ backend }) => backend !== redis)];
}

/** All Dapr resources, of every choice. */
export const resources = join(checkout, "components/resources");

/** The folders of Dapr resources of these choices. */
export function resourceFolders(choices: Choices, root: string = resources): string[] {
  return kinds.map((kind) => join(root, kind, choices[kind]));
}
