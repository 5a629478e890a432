import { CommandFailed, command, type Thing } from "./kubectl.ts";

const restricted = ["enforce", "warn", "audit"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
/** Only a namespace with this label may be reused and deleted. */
const ours = "sidecart.test/made-by=npm-run-cluster";

/** Creates the namespace with our label and the restricted Pod Security Standard, or reuses one of ours. */
export async function takeNamespace(namespace: string): Promise<void> {
  const name = `metadata.name=${namespace}`;
  const [there] = await spaces("--field-selector", name);
  const [made] = await spaces("--field-selector", name, "--selector", ours);
  if (there && !made)
    throw new CommandFailed(
      `namespace ${namespace} exists and was not created by this test; choose another --namespace`,
    );
  if (!there) await command("kubectl", ["create", "namespace", namespace]);
  await command("kubectl", ["label", "--overwrite", "namespace", namespace, ours, ...restricted]);
}

/** Like `takeNamespace`, without what a run that was stopped has left there. */
export async function emptyNamespace(namespace: string): Promise<void> {
  await takeNamespace(namespace);
  await deleteNamespace(namespace);
  await takeNamespace(namespace);
}

export async function deleteNamespace(namespace: string): Promise<void> {
  await command("kubectl", ["delete", "namespace", namespace, "--wait=true"]);
}

async function spaces(...args: string[]): Promise<Thing[]> {
  return JSON.parse(await command("kubectl", ["get", "namespaces", "-o", "json", ...args])).items;
}
