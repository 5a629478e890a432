import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@sidecart/local/process/run-command";
import { StartError } from "@sidecart/local/start-error";
import { parseAllDocuments } from "yaml";
import { root } from "../check/tool.ts";

/** Kubernetes' own kinds: the OpenAPI document that its API server is built with. */
export const kubernetes = { module: "k8s.io/kubernetes@v1.35.4", file: "api/openapi-spec/swagger.json" };

/** Whose custom resources the chart makes, and where their Go modules have the definitions. */
export const definers = [
  { module: "github.com/dapr/dapr", folder: "charts/dapr/crds" },
  {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    folder: "example/prometheus-operator-crd",
    files: /(podmonitors|servicemonitors|prometheusrules)\.yaml$/,
  },
  { module: "github.com/kedacore/keda/v2@v2.18.3", folder: "config/crd/bases", files: /(scaledobjects|triggerauth)/ },
  { module: "sigs.k8s.io/gateway-api@v1.4.1", folder: "config/crd/standard", files: /httproutes\.yaml$/ },
];

export type Definition = {
  metadata: { name: string };
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema?: { openAPIV3Schema: object } }[];
  };
};

/** The definition files of all of them. */
export async function definitionFiles(): Promise<string[]> {
  const found = await Promise.all(
    definers.map(async ({ module, folder, files = /\.yaml$/ }) => {
      const path = join(await moduleFolder(module), folder);
      return (await readdir(path)).filter((name) => files.test(name)).map((name) => join(path, name));
    }),
  );
  return found.flat();
}

export async function definitions(): Promise<Definition[]> {
  const texts = await Promise.all((await definitionFiles()).map((file) => readFile(file, "utf8")));
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
  return documents.filter((one) => one?.kind === "CustomResourceDefinition") as Definition[];
}

/** Where a Go module is, fetched through the proxy and checked by its sum; Dapr's is the one that our runtime is built from. */
export async function moduleFolder(module: string): Promise<string> {
  if (!module.includes("@")) {
    const cwd = join(root, "dapr");
    return runCommand("go", ["list", "-m", "-f", "{{.Dir}}", module], { cwd });
  }
  const said = await runCommand("go", ["mod", "download", "-json", module], { cwd: "/" });
  const { Dir: folder, Error: problem } = JSON.parse(said) as { Dir?: string; Error?: string };
  if (!folder) throw new StartError(`${module} cannot be fetched: ${problem}`);
  return folder;
}
