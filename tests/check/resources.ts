import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { brokerProblems, type PubSubComponent } from "./brokers.ts";
import { root } from "./tool.ts";

type Entry = { name: string; value?: string; secretKeyRef?: object };
type Resource = {
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown> & { type?: string; metadata?: Entry[]; targets?: Targets };
  scopes?: string[];
};
type Targets = { components?: Record<string, { inbound?: { retry?: string } }> };

/** Settings with addresses or log-ins. */
const secretNames =
  /password|secret|token|connectionString|username|accessKey|^brokers$|endpoint$|host$|url$|^ca_?cert$/i;

/** Errors in Dapr resources that a sidecar would report too late. */
export async function resourceProblems(): Promise<string | undefined> {
  const problems: string[] = [];
  const resources: { file: string; resource: Resource }[] = [];
  for await (const file of glob("components/resources/**/*.yaml", { cwd: root })) {
    const documents = parseAllDocuments(await readFile(join(root, file), "utf8"), { merge: true });
    for (const document of documents) {
      problems.push(...document.errors.map((error) => `${file}: ${error.message}`));
      resources.push({ file, resource: document.toJS() as Resource });
    }
  }
  // Imported here, so that an error in the list fails only this check.
  const { apps } = await import("@sidecart/local/apps");
  const known = new Set(apps.map(({ id }) => id));
  for (const { file, resource } of resources) problems.push(...problemsOf(file, resource, known));
  problems.push(...pubsubProblems(resources.map(({ resource }) => resource)));
  problems.push(...brokerProblems(brokersOf(resources)));
  return problems.length > 0 ? problems.join("\n") : undefined;
}

/** The pub/sub components, by the folder of their broker. */
function brokersOf(resources: { file: string; resource: Resource }[]): Record<string, PubSubComponent[]> {
  const brokers: Record<string, PubSubComponent[]> = {};
  for (const { file, resource } of resources) {
    const broker = file.match(/resources\/broker\/([^/]+)\//)?.[1];
    if (broker === undefined || !resource.spec.type) continue;
    const entries = resource.spec.metadata ?? [];
    const settings = Object.fromEntries(entries.map(({ name, value }) => [name, String(value ?? "")]));
    const { type } = resource.spec;
    brokers[broker] ??= [];
    brokers[broker].push({ name: resource.metadata.name, type, settings });
  }
  return brokers;
}

export function problemsOf(file: string, { kind, scopes, spec }: Resource, apps: ReadonlySet<string>): string[] {
  if (kind !== "Component" || spec.type?.startsWith("secretstores.")) return [];
  const open = scopes && scopes.length > 0 ? [] : [`${file}: no scopes: every app could use it`];
  const strange = (scopes ?? [])
    .filter((id) => !apps.has(id) && id !== "nobody")
    .map((id) => `${file}: scope ${id} is not an app`);
  const bare = (spec.metadata ?? [])
    .filter((entry) => secretNames.test(entry.name) && entry.value !== undefined)
    .map((entry) => `${file}: ${entry.name} stands in the file; use secretKeyRef`);
  return [...open, ...strange, ...bare];
}

/**
 * Every pub/sub component needs an inbound retry policy, without which a broker may drop messages that a handler
 * refuses.
 */
export function pubsubProblems(resources: Resource[]): string[] {
  const retried = new Set(
    resources
      .filter(({ kind }) => kind === "Resiliency")
      .flatMap(({ spec }) => Object.entries(spec.targets?.components ?? {}))
      .flatMap(([name, target]) => (target.inbound?.retry ? [name] : [])),
  );
  return resources
    .filter(({ spec }) => spec.type?.startsWith("pubsub."))
    .filter(({ metadata }) => !retried.has(metadata.name))
    .map(({ metadata }) => `pub/sub component ${metadata.name} has no inbound retry policy in a Resiliency resource`);
}
