import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { root } from "../check/tool.ts";
import { command, type Ended, findHelm, kubernetesVersion } from "./tools.ts";

export const chart = join(root, "charts/sidecart");
export const release = { name: "sidecart", namespace: "shop" };

export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: manifests are data of Kubernetes' shape, which the tests walk through
  [field: string]: any;
};

/** All values files of the chart, and an empty one. */
export const valuesFiles: string[] = [
  ...["values-kind.yaml", "values-production.yaml"].map((name) => join(chart, name)),
  ...readdirSync(join(chart, "ci"))
    .sort()
    .map((name) => join(chart, "ci", name)),
];
export const valuesName = (file: string) => basename(file).replace(/^values-|-values\.yaml$|\.yaml$/g, "");
/** The options for a values file. Production's gets what every team must add, as its comment says. */
export const withValues = (file: string): string[] => [
  "--values",
  file,
  ...(valuesName(file) === "production" ? ownValues(file) : []),
];

/** The commented values at the end of values-production.yaml. */
function ownValues(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const commented = text.slice(text.indexOf("\n# image:")).replaceAll(/^# ?/gm, "");
  return leaves(parse(commented)).flatMap(([path, value]) => ["--set-json", `${path}=${JSON.stringify(value)}`]);
}

/** The paths of everything in nested objects that is no object. */
function leaves(value: object, above = ""): [path: string, value: unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && !Array.isArray(inner) ? leaves(inner, `${above}${key}.`) : [[`${above}${key}`, inner]],
  );
}
export const ci = (name: string) => join(chart, "ci", `${name}-values.yaml`);

/**
 * Runs `helm template`; with a configuration it may read from that cluster. `sets` are options of `--set`; a JSON text,
 * list or object is one of `--set-json`.
 */
async function helmTemplate(files: string[], sets: string[] = [], kubeconfig?: string): Promise<Ended> {
  const asking = kubeconfig ? ["--dry-run=server"] : [];
  const env: Record<string, string> = kubeconfig ? { KUBECONFIG: kubeconfig } : {};
  const values = [
    ...files.flatMap(withValues),
    ...sets.flatMap((set) => [/=(["[]|\{")/.test(set) ? "--set-json" : "--set", set]),
  ];
  const target = [release.name, chart, "--namespace", release.namespace, "--kube-version", kubernetesVersion];
  return command(await findHelm(), ["template", ...target, ...values, ...asking], { env });
}

/** The manifests of a release with these values. */
export async function render(files: string[], sets: string[] = [], kubeconfig?: string): Promise<Manifest[]> {
  const { code, stdout, stderr } = await helmTemplate(files, sets, kubeconfig);
  if (code !== 0) throw new Error(stderr);
  return manifestsIn(stdout);
}

function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const manifest = document.toJS() as Manifest | null;
    return manifest ? [manifest] : [];
  });
}

/** The error for values that must be refused. */
export async function refusal(files: string[], sets: string[] = [], kubeconfig?: string): Promise<string> {
  const { code, stderr } = await helmTemplate(files, sets, kubeconfig);
  return code === 0 ? "" : stderr;
}

export const ofKind = (manifests: Manifest[], kind: string) => manifests.filter((one) => one.kind === kind);
export const named = (manifests: Manifest[], kind: string, name: string) => {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
