import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { z } from "zod";
import { expand, type Fragment } from "./sql-text.ts";
import { define, type Statement } from "./statement.ts";

/** Lease of a claimed outbox row. When it expires, any relay may publish the row. */
export const outboxLeaseSeconds = 10;

/** Constants that a file can use as `:name`, in addition to the input of its statements. */
export type Constants = Readonly<Record<string, string | number>>;

/** Declares a statement of the file by name, with the schema of its row. */
export type SqlFile = <Row>(name: string, row: z.ZodType<Row>) => Statement<Row>;

type Parsed = { statements: Map<string, string>; fragments: Map<string, Fragment>; includes: string[] };

const platform = load(join(import.meta.dirname, "fragments.sql"));

/**
 * Reads a file of statements when a module loads. A section starts with one of these lines:
 *
 * - `-- name: order.place` starts a statement.
 * - `-- fragment: order_json(o)` starts a part of statements. They use it as `:order_json(placed)`; its text uses the
 *   parameter as `:o`.
 * - `-- include: index-queue-store.sql` adds the fragments of another file. Every file includes fragments.sql.
 *
 * `:input(id uuid, account_id uuid)` reads the statement's input, whose keys are in camelCase, as columns in snake_case.
 * `from :records(source, id uuid, …) as r` does the same for an array. Comments are allowed anywhere and are not sent.
 */
export function sqlFile(path: string, constants: Constants = {}): SqlFile {
  const { statements, fragments } = load(path);
  const taken = [...fragments.keys()].find((name) => platform.fragments.has(name));
  if (taken !== undefined) throw new Error(`${basename(path)}: the fragment ${taken} belongs to fragments.sql`);
  const values = new Map(
    Object.entries<string | number>({ ...constants, outbox_lease_seconds: outboxLeaseSeconds }).map(([name, value]) => [
      name,
      typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`,
    ]),
  );
  const all = new Map([...platform.fragments, ...fragments]);
  const scope = { fragments: all, lookUp: (name: string) => values.get(name) };
  return (name, row) => {
    const file = basename(path);
    const body = statements.get(name);
    if (body === undefined) throw new Error(`${file}: there is no statement ${name}`);
    try {
      return define(name, body, row, scope);
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
    }
  };
}

/** The statements of a file as they are sent, but with `null` in place of constants, and what they are made of. */
export function readStatements(path: string) {
  const { statements, fragments } = load(path);
  const used = new Set<string>();
  const scope = { fragments: new Map([...platform.fragments, ...fragments]), lookUp: () => "null" };
  const expanded = [...statements].map(([name, body]) => ({
    name,
    text: expand(body, { ...scope, onUse: (fragment) => used.add(fragment) }),
  }));
  return { statements: expanded, fragments: [...parse(path).fragments.keys()], used };
}

/** `within` are the files that include this one. */
function load(path: string, within: readonly string[] = []): Parsed {
  const files = [...within, path];
  if (within.includes(path))
    throw new Error(`${basename(path)} includes itself: ${files.map((file) => basename(file)).join(" → ")}`);
  const parsed = parse(path);
  for (const include of parsed.includes) {
    const { fragments } = load(join(dirname(path), include), files);
    for (const [name, fragment] of fragments) if (!parsed.fragments.has(name)) parsed.fragments.set(name, fragment);
  }
  return parsed;
}

function parse(path: string): Parsed {
  const parsed: Parsed = { statements: new Map(), fragments: new Map(), includes: [] };
  const [, ...parts] = readFileSync(path, "utf8").split(/^-- (name|fragment|include): *(.+)$/m);
  for (let at = 0; at < parts.length; at += 3) {
    const [kind, title = "", body = ""] = parts.slice(at, at + 3);
    const [, name = title.trim(), parameters = ""] = /^(\w+)\((.*)\)$/.exec(title.trim()) ?? [];
    const known = kind === "fragment" ? parsed.fragments : parsed.statements;
    if (known.has(name)) throw new Error(`${basename(path)}: ${name} is defined twice`);
    if (kind === "include") parsed.includes.push(name);
    if (kind === "name") parsed.statements.set(name, body);
    if (kind === "fragment") {
      const names = parameters.split(",").map((one) => one.trim());
      parsed.fragments.set(name, { parameters: names.filter((one) => one !== ""), body });
    }
  }
  return parsed;
}
