import { readFile } from "node:fs/promises";
import { parseAllDocuments } from "yaml";
import { Problem } from "./problem.ts";
import type { SecretReader } from "./secrets.ts";

/** A Dapr component whose secret references are resolved. */
export type Component = {
  name: string;
  type: string;
  /** The value of a setting; empty when it is absent. */
  setting(name: string): string;
  /** The value of a setting; throws when it is absent or empty. */
  required(name: string): string;
  /** The value of another key in the secret that a setting refers to. */
  siblingSecret(name: string, key: string): Promise<string | undefined>;
};

type Entry = { name: string; value?: unknown; secretKeyRef?: { name: string; key: string } };
type Document = { kind?: string; metadata?: { name?: string }; spec?: { type?: string; metadata?: Entry[] } };

/** The components that a YAML file declares. Other resources are ignored. */
export async function readComponents(file: string, secrets: SecretReader): Promise<Component[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new Problem("setup", `${file} cannot be read`, "name the YAML file of a component");
  });
  const documents = parseAllDocuments(text, { merge: true });
  const [error] = documents.flatMap((document) => document.errors);
  if (error) throw new Problem("setup", `${file} is not YAML: ${error.message.split("\n")[0]}`, "correct the file");
  const components = documents
    .map((document) => (document.toJS() ?? {}) as Document)
    .filter(({ kind }) => kind === "Component");
  return Promise.all(components.map((component) => resolve(component, secrets)));
}

async function resolve({ metadata, spec }: Document, secrets: SecretReader): Promise<Component> {
  const name = metadata?.name ?? "unnamed";
  const entries = spec?.metadata ?? [];
  const settings = new Map<string, string>();
  for (const entry of entries) settings.set(entry.name, await resolveValue(entry, secrets));
  const refOf = (setting: string) => entries.find((entry) => entry.name === setting)?.secretKeyRef;
  return {
    name,
    type: spec?.type ?? "",
    setting: (setting) => settings.get(setting) ?? "",
    required(setting) {
      const value = settings.get(setting);
      if (value) return value;
      const ref = refOf(setting);
      const fix = ref ? `put ${ref.key} into the secret ${ref.name}` : "set it in the component's YAML";
      throw new Problem(name, `${setting} has no value`, fix);
    },
    async siblingSecret(setting, key) {
      const ref = refOf(setting);
      return ref && secrets(ref.name, key);
    },
  };
}

async function resolveValue({ value, secretKeyRef }: Entry, secrets: SecretReader): Promise<string> {
  if (secretKeyRef) return (await secrets(secretKeyRef.name, secretKeyRef.key)) ?? "";
  return value === undefined ? "" : String(value);
}
