import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedFolder } from "@sidecart/local/parts/cached-folder";
import { definers, definitions, kubernetes, moduleFolder } from "./custom-resources.ts";

type Schema = { [key: string]: unknown };
type Kind = { group: string; version: string; kind: string };
type Swagger = { definitions: Record<string, Schema & { "x-kubernetes-group-version-kind"?: Kind[] }> };

/** The file name of a kind's schema for kubeconform. Kinds of the core group use their version instead of a group. */
export const schemaLocation = (folder: string) =>
  join(folder, "{{.Group}}_{{.ResourceAPIVersion}}", "{{.ResourceKind}}.json");
const fileOf = (folder: string, { group, version, kind }: Kind) =>
  join(folder, `${group || version}_${version}`, `${kind.toLowerCase()}.json`);

/** The folder of the JSON schemas of Kubernetes and the custom resources, created once for their versions. */
export async function schemaFolder(note: (text: string) => void): Promise<string> {
  const dapr = await moduleFolder("github.com/dapr/dapr");
  const versions = createHash("sha256")
    .update(JSON.stringify([kubernetes, definers, dapr, "2"]))
    .digest("hex")
    .slice(0, 16);
  const fill = async (folder: string) => {
    note("schemas of Kubernetes and its custom resources: once, a minute");
    await writeKubernetes(folder);
    await writeCustom(folder);
  };
  return cachedFolder({ name: `chart-schemas-${versions}`, title: "schemas of Kubernetes", fill }, note);
}

async function writeKubernetes(folder: string): Promise<void> {
  const file = join(await moduleFolder(kubernetes.module), kubernetes.file);
  const { definitions } = JSON.parse(await readFile(file, "utf8")) as Swagger;
  for (const [name, schema] of Object.entries(definitions)) {
    for (const kind of schema["x-kubernetes-group-version-kind"] ?? []) {
      if (!schema.properties || /List$|Options$/.test(kind.kind)) continue;
      await write(folder, kind, { $ref: `#/definitions/${name}`, definitions: reached(name, definitions) });
    }
  }
}

async function writeCustom(folder: string): Promise<void> {
  for (const { spec } of await definitions()) {
    for (const { name: version, schema } of spec.versions) {
      if (schema)
        await write(
          folder,
          { group: spec.group, version, kind: spec.names.kind },
          closed(schema.openAPIV3Schema as Schema),
        );
    }
  }
}

async function write(folder: string, kind: Kind, schema: Schema): Promise<void> {
  const file = fileOf(folder, kind);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, JSON.stringify(schema));
}

/** All definitions that a definition refers to, directly or indirectly. */
function reached(name: string, all: Swagger["definitions"]): Schema {
  const found: Schema = {};
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found[next]) continue;
    const schema = all[next] ?? {};
    found[next] = closed(schema, next);
    for (const [, other = ""] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) waiting.push(other);
  }
  return found;
}

const eitherText = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": 1,
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": 1,
};

/** The schema as the API server applies it: unknown fields are errors, a quantity may be a number. */
function closed(schema: Schema, name = ""): Schema {
  if (name in eitherText || schema["x-kubernetes-int-or-string"] === true) return { type: ["string", "number"] };
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema))
    copy[key] = key === "properties" ? eachOf(value as Schema) : inner(value);
  const named = copy.properties && Object.keys(copy.properties).length > 0;
  const keepsOthers =
    schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties !== undefined;
  if (named && !keepsOthers) {
    copy.additionalProperties = false;
    // Custom resources leave these fields to the API server.
    if ("spec" in (copy.properties as object))
      copy.properties = { apiVersion: {}, kind: {}, metadata: {}, ...(copy.properties as object) };
  }
  return copy;
}

const eachOf = (schemas: Schema): Schema =>
  Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, closed(one as Schema)]));

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  return typeof value === "object" && value !== null ? closed(value as Schema) : value;
}
