import { release } from "../helm.ts";
import { command, type Thing } from "../kubectl.ts";
import { deleteNamespace, takeNamespace } from "../namespace.ts";
import type { Part } from "../part.ts";

export const install: Part = {
  name: "install",
  what: "One command installs the release in a namespace with the restricted Pod Security Standard",
  async run(cluster, { expect, note }) {
    const { namespace, kubectl } = cluster;
    const dapr = JSON.parse(await command("kubectl", ["get", "deployments", "--all-namespaces", "-o", "json"]));
    const injector = dapr.items.find(({ metadata }: Thing) => metadata.name === "dapr-sidecar-injector");
    expect("Dapr's injector is ready", injector?.status.readyReplicas > 0);
    await takeNamespace(namespace);
    const seconds = await cluster.reset();
    note(`from helm install to all pods ready: ${seconds} s`);
    const pods = (await kubectl.get("pods", "-l", "app.kubernetes.io/component=service")).filter(alive);
    expect(`${pods.length} pods of services are ready`, pods.length > 0 && pods.every(ready), pods.map(nameOf));
    const versions = pods.map(({ spec }) => (spec.initContainers as { name: string; image: string }[]).at(-1));
    expect(
      "each pod has our daprd as a native sidecar container",
      versions.every((one) => one?.name === "daprd"),
    );
    note(`sidecar: ${versions[0]?.image}`);
  },
};

const kinds = [
  ...["all", "secrets", "configmaps", "persistentvolumeclaims", "serviceaccounts", "roles", "rolebindings"],
  ...["networkpolicies", "poddisruptionbudgets", "ingresses", "components.dapr.io", "configurations.dapr.io"],
  ...["resiliencies.dapr.io", "subscriptions.dapr.io"],
];
/** Objects of every namespace, and objects of the tests. */
const notOurs = /^(ServiceAccount\/default|ConfigMap\/kube-root-ca\.crt|.*cluster-load|Secret\/sh\.helm\.release.*)$/;

export const uninstall: Part = {
  name: "uninstall",
  what: "Uninstalling removes everything",
  async run({ namespace, kubectl }, { expect }) {
    await command("helm", ["uninstall", release, "--namespace", namespace, "--wait", "--timeout", "5m"]);
    await kubectl.run("wait", "--for=delete", "pods", "-l", `app.kubernetes.io/instance=${release}`, "--timeout=180s");
    const left = await kubectl.get(kinds.join(","));
    const names = left.map(({ kind, metadata }) => `${kind}/${metadata.name}`).filter((name) => !notOurs.test(name));
    expect("the namespace contains no object of the release", names.length === 0, names.join(", "));
    await deleteNamespace(namespace);
  },
};

const alive = ({ metadata }: Thing) => !metadata.deletionTimestamp;
const nameOf = ({ metadata }: Thing) => metadata.name;
const ready = ({ status }: Thing) =>
  (status.conditions as { type: string; status: string }[]).some(
    (one) => one.type === "Ready" && one.status === "True",
  );
