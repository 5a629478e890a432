import { existsSync } from "node:fs";
import { join } from "node:path";
import { readText, root } from "./checkout.ts";
import type { Words } from "./words.ts";

/** Names of processes, components, images, databases and tables. */
const ours = `broadcast dapr daprd elasticsearch events inbox jetstream jobs kafka media nats outbox placement postgres
  pubsub rabbitmq redis scheduler search secrets sentry sidecart state`.split(/\s+/);

/** Names that a table needs quotes for (PostgreSQL 18, appendix C: reserved, and reserved for functions and types). */
const sql = `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
  collation column concurrently constraint create cross default deferrable desc distinct do else end except false fetch
  for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading
  left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing
  primary references returning right select similar some symmetric system_user table tablesample then to trailing true
  union unique user using values variadic verbose when where window with`.split(/\s+/);

/** The folders of our packages: each package is @sidecart/<folder>. */
const packages = ["", "components", "charts", "services"];

/** Why a service cannot have these names; undefined if it can. `code` is the template's code. */
export function takenBy({ service, one, many }: Words, code: string): string | undefined {
  const One = one.charAt(0).toUpperCase() + one.slice(1);
  const folders = [...packages.map((folder) => join(folder, service)), `gateway/src/domains/${service}`];
  const there = [...folders, `proto/sidecart/${service}`].find((folder) => existsSync(join(root, folder)));
  if (there) return `${service} is taken: ${there} is there`;
  const reserved = [service, one, many].find((word) => ours.includes(word) || sql.includes(word) || !isVariable(word));
  if (reserved) return `${reserved} is a reserved word: choose another`;
  const used = new Set(code.match(/[A-Za-z]+/g));
  const written = [one, many, service].find((word) => used.has(word)) ?? (One in globalThis ? One : undefined);
  if (written) return `${written} already means something in a service's code: choose another (--of NOUN)`;
  const defined = inSchema(one, One);
  return defined && `the API has ${defined} already: choose another (--of NOUN)`;
}

/** Whether TypeScript accepts the word, which has only letters, as the name of a variable. */
function isVariable(word: string): boolean {
  try {
    new Function(`"use strict"; let ${word};`);
    return !(word in globalThis);
  } catch {
    return false;
  }
}

function inSchema(one: string, One: string): string | undefined {
  const schema = readText("gateway/schema.snapshot.graphql") ?? "";
  const type = schema.match(new RegExp(`^\\w+ (${One}|Create${One}Input)\\b`, "m"));
  if (type) return `the type ${type[1]}`;
  const operations = (schema.match(/^type (Query|Mutation) \{[\s\S]*?^\}/gm) ?? []).join("\n");
  const operation = operations.match(new RegExp(`^ {2}(${one}|create${One})\\b`, "m"));
  return operation ? `the operation ${operation[1]}` : undefined;
}
