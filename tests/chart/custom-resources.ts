import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@sidecart/local/process/run-command";
import { StartError } from "@sidecart/local/start-error";
import { parseAllDocuments } from "yaml";
import { root } from "../check/tool.ts";

/** Kubernetes' own kinds, from the OpenAPI document of its API server. */
export const kubernetes = { module: "k8s.io/kubernetes@v1.35.4", file: "api/openapi-spec/swagger.json" };

/** The projects whose custom resources the chart creates, and the definitions in their Go modules. */
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

/** All definition files. */
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

/**
 * The folder of a Go module, downloaded through the proxy and verified by its checksum. Dapr's version is that of our
 * build.
 */
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
