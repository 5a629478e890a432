import { readFile } from "node:fs/promises";
import { parseAllDocuments } from "yaml";
import { Problem } from "./problem.ts";
import type { SecretReader } from "./secrets.ts";

/** A Dapr component with its secrets filled in. */
export type Component = {
  name: string;
  type: string;
  /** Absent and empty are the same. */
  setting(name: string): string;
  /** The same, for what the component cannot do without. */
  required(name: string): string;
  /** Another key of the secret that a setting comes from. */
  besides(name: string, key: string): Promise<string | undefined>;
};

type Entry = { name: string; value?: unknown; secretKeyRef?: { name: string; key: string } };
type Document = { kind?: string; metadata?: { name?: string }; spec?: { type?: string; metadata?: Entry[] } };

/** The components that a YAML file declares; other resources in it are passed over. */
export async function readComponents(file: string, secrets: SecretReader): Promise<Component[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new Problem("setup", `${file} cannot be read`, "name the YAML file of a component");
  });
  const documents = parseAllDocuments(text, { merge: true });
  const [error] = documents.flatMap((document) => document.errors);
  if (error) throw new Problem("setup", `${file} is not YAML: ${error.message.split("\n")[0]}`, "mend the file");
  const components = documents
    .map((document) => (document.toJS() ?? {}) as Document)
    .filter(({ kind }) => kind === "Component");
  return Promise.all(components.map((component) => resolve(component, secrets)));
}

async function resolve({ metadata, spec }: Document, secrets: SecretReader): Promise<Component> {
  const name = metadata?.name ?? "unnamed";
  const entries = spec?.metadata ?? [];
  const settings = new Map<string, string>();
  for (const entry of entries) settings.set(entry.name, await resolvedValue(entry, secrets));
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
    async besides(setting, key) {
      const ref = refOf(setting);
      return ref && secrets(ref.name, key);
    },
  };
}

async function resolvedValue({ value, secretKeyRef }: Entry, secrets: SecretReader): Promise<string> {
  if (secretKeyRef) return (await secrets(secretKeyRef.name, secretKeyRef.key)) ?? "";
  return value === undefined ? "" : String(value);
}
