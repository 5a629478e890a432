import { glob } from "node:fs/promises";
import { access } from "./access.ts";
import { topicScopes } from "./brokers.ts";
import { load, root } from "./checkout.ts";
import { errorCodes } from "./error-codes.ts";
import { gatewayServices, serviceNames } from "./gateway.ts";
import { bakeTargets, chartServices, databaseLoop, productionConnections, topicTable } from "./lists.ts";
import { type Output, rendered } from "./output.ts";
import type { Project } from "./project.ts";
import { databases, resiliency, scopes, secrets } from "./resources.ts";

/** Folders whose files are all generated: a file that does not follow from a declaration is left over. */
const generatedFolders = "components/resources/{base/*-db,config/access/*,config/secrets/*}.yaml";

export type Files = {
  /** The generated output, by file. */
  wanted: ReadonlyMap<string, readonly Output[]>;
  /** Files that no longer follow from a declaration. */
  leftOver: readonly string[];
};

/** Files that services' code imports or reads. They are generated first, without reading that code. */
export function filesForCode(project: Project): Files {
  const outputs = [...gatewayServices(project), ...serviceNames(project)];
  return { wanted: Map.groupBy(outputs, ({ file }) => file), leftOver: [] };
}

/** All files that follow from the declarations. */
export async function filesOf(project: Project): Promise<Files> {
  const components = await componentFiles();
  const outputs = [
    ...databases(project),
    ...secrets(project),
    ...access(project),
    ...scopes(project, components),
    ...topicScopes(project, components),
    ...resiliency(project),
    ...bakeTargets(project),
    ...chartServices(project),
    ...productionConnections(project),
    ...gatewayServices(project),
    ...serviceNames(project),
    ...databaseLoop(project),
    ...topicTable(project),
    ...errorCodes(project.errorCodes),
  ];
  const wanted = Map.groupBy(outputs, ({ file }) => file);
  return { wanted, leftOver: (await found(generatedFolders)).filter((file) => !wanted.has(file)) };
}

/** The component files of all choices: those that each choice must have, even if deleted, and others that are there. */
async function componentFiles(): Promise<string[]> {
  type Names = typeof import("../../../local/src/backends/backend-names.mjs");
  const { backendNames } = await load<Names>("local/src/backends/backend-names.mjs");
  const required = Object.entries(backendNames).flatMap(([kind, choices]) =>
    choices.flatMap((choice) => filesOfChoice(kind).map((name) => `components/resources/${kind}/${choice}/${name}`)),
  );
  return [...new Set([...required, ...(await found("components/resources/*/*/*.yaml"))])].sort();
}

const filesOfChoice = (kind: string) => (kind === "broker" ? ["pubsub.yaml", "broadcast.yaml"] : [`${kind}.yaml`]);

async function found(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root })) files.push(file);
  return files.sort();
}

/**
 * The differences between the existing and the generated files: one line for each file, with its first line that
 * differs. `read` returns the text of a file, or undefined if it does not exist.
 */
export function differences({ wanted, leftOver }: Files, read: (file: string) => string | undefined): string[] {
  const differing = [...wanted].flatMap(([file, outputs]) => {
    const current = read(file);
    if (current === undefined) return [`${file} is missing`];
    const result = rendered(outputs, current);
    if ("missing" in result) return [`${file} lacks this marker line, which you must add: ${result.missing}`];
    if (result.text === current) return [];
    const lines = current.split("\n");
    const line = result.text.split("\n").findIndex((text, place) => text !== lines[place]);
    return [`${file} is stale, from line ${line + 1}`];
  });
  return [...differing, ...leftOver.map((file) => `${file} is left over: npm run generate deletes it`)];
}
