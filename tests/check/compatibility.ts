import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildSchema, findBreakingChanges, lexicographicSortSchema, printSchema } from "graphql";
import { landedText, newPackages } from "./landed.ts";
import { root, tool } from "./tool.ts";

const proto = join(root, "proto");
const snapshot = "gateway/schema.snapshot.graphql";

/** Imported here, so that an error in the schema fails only its own check. */
export async function currentSchema(): Promise<string> {
  const { typeDefs } = await import("@sidecart/gateway/domains/domains");
  return `${printSchema(lexicographicSortSchema(buildSchema(typeDefs)))}\n`;
}

/** The folders of `proto/sidecart` that have proto files. A folder that git has emptied may still exist. */
async function packages(): Promise<string[]> {
  const names = new Set<string>();
  for await (const file of glob("*/*/*.proto", { cwd: join(proto, "sidecart") })) names.add(dirname(dirname(file)));
  return [...names].sort();
}

/** The changes that break callers. A service that `main` does not have has no callers; its baseline must be current. */
export async function protoProblems(): Promise<string | undefined> {
  const fresh = await newPackages(root, await packages());
  const breaking = (option: string) =>
    tool(
      "buf",
      ["breaking", "--against", "baseline.json", ...fresh.flatMap((name) => [option, `sidecart/${name}`])],
      proto,
    );
  const problem = await breaking("--exclude-path");
  if (problem || fresh.length === 0 || !(await breaking("--path"))) return problem;
  return `new, so no caller breaks, but proto/baseline.json has an earlier form: ${fresh.join(", ")}`;
}

/** Names breaking changes of what `main` has. People accept any other change by renewing the snapshot. */
export async function schemaProblems(): Promise<string | undefined> {
  const accepted = await readFile(join(root, snapshot), "utf8");
  const current = await currentSchema();
  if (accepted === current) return undefined;
  const landed = (await landedText(root, snapshot)) ?? accepted;
  const breaking = findBreakingChanges(buildSchema(landed), buildSchema(current));
  return ["the schema differs from its snapshot", ...breaking.map((one) => `breaking: ${one.description}`)].join("\n");
}
