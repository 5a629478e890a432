import { existsSync } from "node:fs";
import { join } from "node:path";
import { readText, root } from "./checkout.ts";
import type { Words } from "./words.ts";

/** Names that Sidecart itself uses for processes, components, images, databases and tables. */
const ownNames =
  `broadcast dapr daprd elasticsearch events inbox jetstream jobs kafka media nats nobody outbox placement postgres
  pubsub rabbitmq redis scheduler search secrets sentry sidecart state`.split(/\s+/);

/** Names that a table needs quotes for (PostgreSQL 18, appendix C: reserved, and reserved for functions and types). */
const sqlKeywords =
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
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
  const existing = [...folders, `proto/sidecart/${service}`].find((folder) => existsSync(join(root, folder)));
  if (existing) return `${service} is taken: ${existing} exists`;
  const reserved = [service, one, many].find(
    (word) => ownNames.includes(word) || sqlKeywords.includes(word) || !isVariable(word),
  );
  if (reserved) return `${reserved} is a reserved word: choose another`;
  const used = new Set(code.match(/[A-Za-z]+/g));
  const inTemplate = [one, many, service].find((word) => used.has(word)) ?? (One in globalThis ? One : undefined);
  if (inTemplate) return `${inTemplate} is used in the template's code: choose another (--of NOUN)`;
  const inApi = inSchema(one, One);
  return inApi && `the API already has ${inApi}: choose another (--of NOUN)`;
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
