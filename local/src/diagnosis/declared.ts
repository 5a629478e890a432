import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { Secrets } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { yamlFiles } from "./yaml-files.ts";

interface SecretKey {
  /** The component's setting that gets this secret. */
  setting: string;
  name: string;
  key: string;
}

/** A Dapr component in a YAML file. */
export interface Declared {
  name: string;
  type: string;
  file: string;
  secrets: readonly SecretKey[];
  /** Names of the settings with a value in the file itself. */
  literals: readonly string[];
  /** The apps whose sidecars load the component; empty: all. */
  scopes: readonly string[];
}

interface Resource {
  kind?: string;
  metadata?: { name?: string };
  scopes?: string[];
  spec?: { type?: string; metadata?: { name?: string; secretKeyRef?: { name: string; key?: string } }[] };
}

/** The components in the YAML files of `folders`. Throws for a file that is not YAML; a sidecar would skip it. */
export function declaredIn(folders: readonly string[]): Declared[] {
  return folders.flatMap(yamlFiles).flatMap((file) =>
    parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => {
      const [error] = document.errors;
      if (error) throw new StartError(`${file} is not valid YAML: ${error.message.split("\n")[0]}`);
      const resource = document.toJS() as Resource | null;
      return resource?.kind === "Component" ? [describe(resource, file)] : [];
    }),
  );
}

function describe({ metadata, spec, scopes = [] }: Resource, file: string): Declared {
  const entries = spec?.metadata ?? [];
  const secrets = entries.flatMap(({ name = "", secretKeyRef }) =>
    secretKeyRef ? [{ setting: name, name: secretKeyRef.name, key: secretKeyRef.key || name }] : [],
  );
  const literals = entries.flatMap(({ name, secretKeyRef }) => (name && !secretKeyRef ? [name] : []));
  return { name: metadata?.name ?? "", type: spec?.type ?? "", file, secrets, literals, scopes };
}

/** Refuses a name in two files: a sidecar ignores the second component of a name, whatever its scopes are. */
export function checkNames(components: readonly Declared[]): void {
  const taken = new Map<string, string>();
  for (const { name, file } of components) {
    const other = taken.get(name);
    if (other) throw new StartError(`${file} declares component ${name}, and so does ${other}: give one another name`);
    taken.set(name, file);
  }
}

/** Refuses a component with a secret that does not exist: a sidecar would continue with an empty value. */
export function checkSecrets(
  components: readonly Declared[],
  appIds: readonly string[],
  secrets: Secrets,
  where: string,
): void {
  for (const { name, file, secrets: needed, scopes } of components) {
    if (!appIds.some((id) => scopes.length === 0 || scopes.includes(id))) continue;
    const missing = needed.find((secret) => secrets[secret.name]?.[secret.key] === undefined);
    if (!missing) continue;
    const known = Object.keys(secrets[missing.name] ?? {}).join(", ");
    const there = known === "" ? "there is no such secret" : `it has only ${known}`;
    throw new StartError(
      `component ${name} needs key "${missing.key}" of secret "${missing.name}", but ${there}: correct secretKeyRef in ${file}, or add it to ${where}`,
    );
  }
}
