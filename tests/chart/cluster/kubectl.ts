import { definitionFiles } from "../custom-resources.ts";
import { command, type Ended } from "../tools.ts";

if (process.env.SIDECART_TEST_CLUSTER !== "1")
  throw new Error("this changes the cluster of KUBECONFIG; confirm with npm run chart -- --cluster");

const restricted = ["pod-security.kubernetes.io/enforce=restricted", "pod-security.kubernetes.io/warn=restricted"];

export const kubectl = (args: string[], input = ""): Promise<Ended> => command("kubectl", args, { input });

export async function kubectlOrThrow(args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args[0]}: ${stderr}`);
  return stdout;
}

export async function createNamespace(name: string): Promise<void> {
  await kubectlOrThrow(["create", "namespace", name]);
  await kubectlOrThrow(["label", "namespace", name, ...restricted]);
}

export const removeNamespace = (name: string) => kubectlOrThrow(["delete", "namespace", name, "--ignore-not-found"]);

/** Creates missing custom resource definitions and returns their names. Existing ones of any version stay. */
export async function createDefinitions(): Promise<string[]> {
  const made: string[] = [];
  for (const file of await definitionFiles()) {
    const { stdout } = await kubectl(["create", "-f", file, "-o", "name"]);
    made.push(...stdout.split("\n").filter(Boolean));
  }
  await kubectlOrThrow(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
  return made;
}

/** Deletes the created definitions, except those with objects of others. */
export async function removeDefinitions(made: string[]): Promise<void> {
  for (const definition of made) {
    const [, name = ""] = definition.split("/");
    const used = await kubectlOrThrow(["get", name, "--all-namespaces", "-o", "name"]);
    if (!used.trim()) await kubectlOrThrow(["delete", definition]);
  }
}
