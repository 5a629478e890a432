import { join } from "node:path";
import { checkout } from "../instance.ts";
import type { Backend } from "./backend.ts";
import { choices as names } from "./choices.mjs";
import { elasticsearch } from "./elasticsearch.ts";
import { embeddedSearch } from "./embedded-search.ts";
import { jetstream } from "./jetstream.ts";
import { kafka } from "./kafka.ts";
import { localStorage } from "./local-storage.ts";
import { postgresql } from "./postgresql.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";

export type Kind = keyof typeof names;

/** One name of each kind: the folder of its Dapr resources. */
export type Choices = { [K in Kind]: (typeof names)[K][number] };

const table: { [K in Kind]: Record<Choices[K], Backend> } = {
  broker: { redis, rabbitmq, jetstream, kafka },
  state: { redis, postgresql },
  search: { embedded: embeddedSearch, elasticsearch },
  media: { localstorage: localStorage, s3 },
};

export const kinds = Object.keys(names) as Kind[];

export function namesOf<K extends Kind>(kind: K): Choices[K][] {
  return [...names[kind]] as Choices[K][];
}

/** What is not chosen is the first of its kind. */
export function complete(chosen: Partial<Choices>): Choices {
  const entries = kinds.map((kind) => [kind, chosen[kind] ?? namesOf(kind)[0]]);
  return Object.fromEntries(entries) as Choices;
}

/** What is to be started for these choices. Redis always: the gateway's replicas share their rate limits in it. */
export function backendsOf(choices: Choices): { title: string; backend: Backend }[] {
  const chosen = kinds.map((kind) => {
    const backends: Record<string, Backend> = table[kind];
    return { title: `${kind} ${choices[kind]}`, backend: backends[choices[kind]] ?? redis };
  });
  return [{ title: "Redis", backend: redis }, ...chosen.filter(({ backend }) => backend !== redis)];
}

/** The folders of Dapr resources of these choices. */
export function resourceFolders(choices: Choices): string[] {
  return kinds.map((kind) => join(checkout, "components/resources", kind, choices[kind]));
}
