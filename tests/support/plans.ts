import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { type Database, type Statement, sql } from "@sidecart/platform/database";
import { background } from "@sidecart/platform/rpc";
import pg from "pg";
import type { Test } from "tap";
import { z } from "zod";
import { type Store, startStore } from "./store.ts";

/** Rows in each table of a plan test: enough to reveal a bad plan. */
const size = 100_000;
/** Most rows that a statement may read of one table: the largest batch. */
const mostRows = 10_000;

/**
 * The generic plan, which a sidecar's connection keeps from the sixth run on, and the custom plan for the given values.
 */
const modes = ["generic", "custom"] as const;

/** Statements that may read more, each with its reason, by name. */
type Exempt = Readonly<Record<string, string>>;

export type Planned = {
  /** The folder of the statements; each of them must run. */
  folder: string;
  /** Runs every statement at least once. */
  run(database: Database): Promise<void>;
  fill(query: Store["query"], size: number): Promise<void>;
  /** What has to count. */
  counting?: Exempt;
};

type Plan = {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: Plan[];
};

/** A statement that reads too much, which this test must detect. */
const everything = sql(
  "test.everything",
  "select count(handler)::text from inbox where $1::jsonb is not null",
  z.number(),
);

/**
 * What PostgreSQL may know about almost empty tables: nothing (it assumes ten pages), or that they are almost empty.
 */
const knowledge = { "never looked at": "select", "known to be small": "vacuum analyze" } as const;

/**
 * Runs every statement of `folder` and fails for each that reads more rows of a table than a batch. It uses the plan
 * with current statistics, and the plan that a connection keeps since the tables were almost empty.
 */
export async function everyStatementReadsLittle(
  t: Test,
  service: string,
  planned: (store: Store) => Planned,
): Promise<void> {
  for (const [known, look] of Object.entries(knowledge)) {
    await t.test(`with tables that were ${known}`, async (t) => {
      const store = await startStore(t, service);
      await neverAnalyse(store);
      const { folder, run, fill, counting = {} } = planned(store);
      const declared = await statementsIn(folder);
      await run(namingFailures(store.database, declared));
      await store.query(look);
      const watch = watchPlans(store, await store.connect());
      await run(watch.database);
      t.same(watch.statements(), [...declared.keys()].sort(), "every statement was run");
      await fill(store.query, size);
      const excessive = async (when: string) => {
        watch.reads.clear();
        await run(watch.database);
        await watch.database.one(everything, {}, background(60_000));
        const { statements, described } = exceeding(watch.reads);
        const exempt = [everything.name, ...Object.keys(counting)];
        const rest = described.filter((one) => !exempt.some((name) => one.startsWith(`${name},`)));
        t.same(rest, [], when);
        const leftOver = exempt.filter((name) => !statements.has(name));
        t.same(leftOver, [], `${when}: no exemption is left over`);
      };
      await excessive("as planned then");
      await store.query("analyze");
      await excessive("as planned with statistics");
    });
  }
}

/** The error of a statement that fails names its file and what PostgreSQL says. */
function namingFailures(database: Database, files: ReadonlyMap<string, string>): Database {
  const one: Database["one"] = async (statement, input, context) => {
    try {
      return await database.one(statement, input, context);
    } catch (error) {
      throw new Error(`${files.get(statement.name)}: ${statement.name}: ${reasonsOf(error)}`, { cause: error });
    }
  };
  return { one };
}

const reasonsOf = (error: unknown): string =>
  error instanceof Error ? [error.message, reasonsOf(error.cause)].filter(Boolean).join(": ") : "";

/** Autovacuum off: it would update the statistics within a minute, and PostgreSQL would make new plans. */
async function neverAnalyse({ query }: Store): Promise<void> {
  for (const { name } of await query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  ))
    await query(`alter table ${pg.escapeIdentifier(name)} set (autovacuum_enabled = false)`);
}

/**
 * Runs statements as usual. Before that it runs them in a separate transaction to count the rows that they read of each
 * table.
 */
export function watchPlans({ database }: Pick<Store, "database">, session: pg.Client) {
  const prepared = new Set<string>();
  /** The most rows, by statement, plan and table. */
  const reads = new Map<string, number>();
  const watch = async (statement: Statement, input: object) => {
    const name = pg.escapeIdentifier(statement.name);
    if (!prepared.has(statement.name)) await session.query(`prepare ${name} (jsonb) as ${statement.text}`);
    prepared.add(statement.name);
    for (const mode of modes) {
      for (const [table, rows] of rowsByTable(await explained(session, name, input, mode))) {
        const read = `${statement.name}, ${mode} plan: ${table}`;
        reads.set(read, Math.max(reads.get(read) ?? 0, rows));
      }
    }
  };
  let last = Promise.resolve();
  const one: Database["one"] = async (statement, input, context) => {
    last = last.then(() => watch(statement, input));
    await last;
    return database.one(statement, input, context);
  };
  return { database: { one } satisfies Database, reads, statements: () => [...prepared].sort() };
}

async function explained(session: pg.Client, name: string, input: object, mode: string): Promise<Plan> {
  await session.query("begin");
  try {
    await session.query(`set local plan_cache_mode = force_${mode}_plan`);
    const { rows } = await session.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `explain (analyze, timing off, format json) execute ${name} (${pg.escapeLiteral(JSON.stringify(input))})`,
    );
    const [row] = rows;
    if (!row) throw new Error(`${name}: no plan`);
    return row["QUERY PLAN"][0].Plan;
  } finally {
    await session.query("rollback");
  }
}

function rowsByTable(plan: Plan, sums = new Map<string, number>()): Map<string, number> {
  const seen =
    plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0) + (plan["Rows Removed by Index Recheck"] ?? 0);
  const table = plan["Relation Name"];
  if (table) sums.set(table, (sums.get(table) ?? 0) + Math.round(seen * plan["Actual Loops"]));
  for (const below of plan.Plans ?? []) rowsByTable(below, sums);
  return sums;
}

/** The statements that read more rows of a table than a batch. */
export function exceeding(reads: Map<string, number>) {
  const excessive = [...reads].filter(([, rows]) => rows > mostRows);
  return {
    statements: new Set(excessive.map(([read]) => read.split(",")[0])),
    described: excessive.map(([read, rows]) => `${read}: ${rows} rows`),
  };
}

/** The statements that `sql("name", …)` and `-- name: …` declare in a folder's sources, with the file of each. */
async function statementsIn(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const file of glob("**/*.{ts,sql}", { cwd: folder })) {
    if (/\.test\.(ts|sql)$/.test(file)) continue;
    const source = readFileSync(join(folder, file), "utf8");
    const declared = file.endsWith(".sql") ? /^-- name: (\S+)/gm : /\bsql\(\s*"([^"]+)"/g;
    for (const [, name] of source.matchAll(declared)) if (name) files.set(name, file);
  }
  return files;
}
