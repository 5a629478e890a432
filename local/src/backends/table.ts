import type { Backend } from "./backend.ts";
import { type Choices, type Kind, kinds } from "./choices.ts";
import { elasticsearch } from "./elasticsearch.ts";
import { embeddedSearch } from "./embedded-search.ts";
import { jetstream } from "./jetstream.ts";
import { kafka } from "./kafka.ts";
import { localStorage } from "./local-storage.ts";
import { postgresql } from "./postgresql.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";

const table: { [K in Kind]: Record<Choices[K], Backend> } = {
  broker: { redis, rabbitmq, jetstream, kafka },
  state: { redis, postgresql },
  search: { embedded: embeddedSearch, elasticsearch },
  media: { localstorage: localStorage, s3 },
};

/** The servers of these choices. Redis is always started, because the gateway's replicas share rate limits in it. */
export function backendsOf(choices: Choices): { title: string; backend: Backend }[] {
  const chosen = kinds.map((kind) => {
    const backends: Record<string, Backend> = table[kind];
    return { title: `${kind} ${choices[kind]}`, backend: backends[choices[kind]] ?? redis };
  });
  return [{ title: "Redis", backend: redis }, ...chosen.filter(({ backend }) => backend !== redis)];
}
