import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildSchema, findBreakingChanges, lexicographicSortSchema, printSchema } from "graphql";
import { apiDocsProblems } from "./api-docs.ts";
import { contractProblems, declarationProblems } from "./generated.ts";
import { lockfileProblems } from "./lockfile.ts";
import { resourceProblems } from "./resources.ts";
import { schemaTypesProblem } from "./schema-types.ts";
import { sqlProblems } from "./sql.ts";
import { root, tool } from "./tool.ts";
import { workflowProblems } from "./workflows.ts";

/** `run` returns the problem, or undefined. */
type Check = { name: string; run(): Promise<string | undefined>; hint: string };

const proto = join(root, "proto");
const schemaSnapshot = join(root, "gateway/schema.snapshot.graphql");

/** Imported here, so that an error in the schema fails only its own check. */
export async function currentSchema(): Promise<string> {
  const { typeDefs } = await import("@sidecart/gateway/domains/domains");
  return `${printSchema(lexicographicSortSchema(buildSchema(typeDefs)))}\n`;
}

export const checks: Check[] = [
  {
    name: "format, lint, boundaries",
    run: () => tool("biome", ["check", "--error-on-warnings"]),
    hint: "npm run format",
  },
  {
    name: "nothing unused or undeclared",
    run: () => tool("knip", ["--no-progress", "--no-config-hints"]),
    hint: "delete it, declare the dependency, or name a program that is started by its path in knip.json",
  },
  { name: "types", run: () => tool("tsc", ["--project", root]), hint: "mend the types" },
  { name: "proto lint", run: () => tool("buf", ["lint"], proto), hint: "see proto/buf.yaml" },
  {
    name: "proto compatibility",
    run: () => tool("buf", ["breaking", "--against", "baseline.json"], proto),
    hint: "callers of the last release would break; for a new major version: npm run baseline",
  },
  { name: "code of the contracts", run: contractProblems, hint: "npm run generate" },
  { name: "services' declarations", run: declarationProblems, hint: "mend what is named, then npm run generate" },
  { name: "package-lock.json", run: lockfileProblems, hint: "npm install" },
  {
    name: "error codes",
    run: apiDocsProblems,
    hint: "npm run generate writes missing rows; mend the others in docs/api.md",
  },
  { name: "GraphQL types", run: schemaTypesProblem, hint: "npm run generate" },
  { name: "GraphQL schema", run: schemaIsCurrent, hint: "look at the change, then npm run baseline" },
  { name: "SQL", run: sqlProblems, hint: "mend the statement that is named" },
  { name: "Dapr resources", run: resourceProblems, hint: "see components/README.md" },
  { name: "workflows", run: workflowProblems, hint: "see release/README.md" },
];

/** Reports breaking changes as such. People accept any other change by renewing the snapshot. */
async function schemaIsCurrent(): Promise<string | undefined> {
  const accepted = await readFile(schemaSnapshot, "utf8");
  const current = await currentSchema();
  if (accepted === current) return undefined;
  const breaking = findBreakingChanges(buildSchema(accepted), buildSchema(current));
  return ["the schema differs from its snapshot", ...breaking.map((one) => `breaking: ${one.description}`)].join("\n");
}
