import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import type { Database, Statement } from "@sidecart/platform/database";
import type { Test } from "tap";
import type { Store } from "./store.ts";

/** Statements that may read a whole table, by `statement: table`, and why. */
export type Exempt = Record<`${string}: ${string}`, string>;

type Plan = { "Node Type": string; "Relation Name"?: string; Plans?: Plan[] };

/**
 * A database that runs statements as usual and keeps how PostgreSQL plans them: for the values at hand, and for any
 * values, since a sidecar prepares what it runs often.
 */
export function watchPlans({ database, query }: Store) {
  const watched = new Map<string, Set<string>>();
  const plan = async (statement: Statement, options: string, values: unknown[]) => {
    const [row] = await query<{ "QUERY PLAN": [{ Plan: Plan }] }>(`explain (${options}) ${statement.text}`, values);
    return scannedWhole(row?.["QUERY PLAN"][0].Plan);
  };
  const one: Database["one"] = async (statement, input, context) => {
    const tables = watched.get(statement.name) ?? new Set();
    watched.set(statement.name, tables);
    for (const table of await plan(statement, "format json", [JSON.stringify(input)])) tables.add(table);
    for (const table of await plan(statement, "format json, generic_plan", [])) tables.add(table);
    return database.one(statement, input, context);
  };
  return { database: { one } satisfies Database, watched };
}

function scannedWhole(plan: Plan | undefined): string[] {
  if (!plan) return [];
  const below = (plan.Plans ?? []).flatMap(scannedWhole);
  return plan["Node Type"] === "Seq Scan" && plan["Relation Name"] ? [plan["Relation Name"], ...below] : below;
}

/** Fails for each statement in `folder` that was not run, and for each that reads a whole one of the tables `large`. */
export async function everyStatementUsesIndexes(
  t: Test,
  { watched }: ReturnType<typeof watchPlans>,
  folder: string,
  large: readonly string[],
  exempt: Exempt = {},
): Promise<void> {
  const declared = await statementsIn(folder);
  t.ok(declared.length > 0, "there are statements");
  t.same([...watched.keys()].sort(), declared, "every statement was run");
  const found = [...watched].flatMap(([statement, tables]) =>
    [...tables].filter((table) => large.includes(table)).map((table) => `${statement}: ${table}`),
  );
  const known = Object.keys(exempt);
  t.same(
    found.filter((one) => !known.includes(one)),
    [],
    "no statement reads a whole large table",
  );
  t.same(
    known.filter((one) => !found.includes(one)),
    [],
    "no exemption is left over",
  );
}

/** The names that `sql("name", …)` declares in a folder's sources. */
async function statementsIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const file of glob("*.ts", { cwd: folder })) {
    if (file.endsWith(".test.ts")) continue;
    const source = readFileSync(join(folder, file), "utf8");
    for (const [, name] of source.matchAll(/\bsql\(\s*"([^"]+)"/g)) if (name) names.push(name);
  }
  return names.sort();
}
