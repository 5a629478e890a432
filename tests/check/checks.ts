import { join } from "node:path";
import { apiConventionProblems } from "./api-convention.ts";
import { apiDocsProblems } from "./api-docs.ts";
import { protoProblems, schemaProblems } from "./compatibility.ts";
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
    run: protoProblems,
    hint: "callers would break, except of a new service; for that, or for a new major version: npm run baseline",
  },
  { name: "code of the contracts", run: contractProblems, hint: "npm run generate" },
  { name: "services' declarations", run: declarationProblems, hint: "mend what is named, then npm run generate" },
  { name: "package-lock.json", run: lockfileProblems, hint: "npm install" },
  {
    name: "error codes",
    run: apiDocsProblems,
    hint: "npm run generate writes missing rows; mend the others in docs/api.md",
  },
  {
    name: "API convention",
    run: apiConventionProblems,
    hint: "describe it in gateway/src/domains/*/schema.graphql; see docs/decisions/0024-one-api-convention.md",
  },
  { name: "GraphQL types", run: schemaTypesProblem, hint: "npm run generate" },
  { name: "GraphQL schema", run: schemaProblems, hint: "look at the change, then npm run baseline" },
  { name: "SQL", run: sqlProblems, hint: "mend the statement that is named" },
  { name: "Dapr resources", run: resourceProblems, hint: "see components/README.md" },
  { name: "workflows", run: workflowProblems, hint: "see release/README.md" },
];
