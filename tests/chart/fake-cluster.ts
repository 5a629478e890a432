import { createServer } from "node:http";
import { join } from "node:path";
import type { Test } from "tap";
import { stringify } from "yaml";
import { type Manifest, refusal, release, render } from "./render.ts";

const kinds = [
  { groupVersion: "v1", kind: "Secret", plural: "secrets" },
  { groupVersion: "v1", kind: "ConfigMap", plural: "configmaps" },
  { groupVersion: "v1", kind: "Service", plural: "services" },
  { groupVersion: "apps/v1", kind: "Deployment", plural: "deployments" },
];

/** The annotations with which Helm marks its objects. */
export const owned = (by = release.name, more: Record<string, string> = {}) => ({
  "meta.helm.sh/release-name": by,
  "meta.helm.sh/release-namespace": release.namespace,
  ...more,
});

/** Runs `helm template` against a fake Kubernetes API with these objects. */
export async function fakeCluster(t: Test, objects: Manifest[]) {
  const server = createServer((request, response) => {
    const found = answer(new URL(request.url ?? "", "http://cluster").pathname, objects);
    response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
    response.end(
      JSON.stringify(found ?? { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fake",
    clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "" } }],
  };
  const kubeconfig = join(t.testdir({ config: stringify(config) }), "config");
  return {
    render: (file: string, sets?: string[]) => render([file], sets, kubeconfig),
    refusal: (file: string, sets?: string[]) => refusal([file], sets, kubeconfig),
  };
}

/** The Kubernetes API's response for a path: kinds of a group, all objects of a kind, or one object. */
function answer(path: string, objects: Manifest[]): object | undefined {
  for (const { groupVersion, kind, plural } of kinds) {
    const base = groupVersion === "v1" ? "/api/v1" : `/apis/${groupVersion}`;
    if (path === base) {
      const of = kinds.filter((one) => one.groupVersion === groupVersion);
      const resources = of.map((one) => ({
        name: one.plural,
        kind: one.kind,
        namespaced: true,
        verbs: ["get", "list"],
      }));
      return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
    }
    const [, namespace, name] = path.match(`^${base}(?:/namespaces/([^/]+))?/${plural}(?:/([^/]+))?$`) ?? [""];
    if (!path.startsWith(base) || !path.match(`/${plural}(/|$)`)) continue;
    const items = objects.filter(
      (one) =>
        one.kind === kind &&
        (!namespace || one.metadata.namespace === namespace) &&
        (!name || one.metadata.name === name),
    );
    return name ? items[0] : { kind: `${kind}List`, apiVersion: groupVersion, metadata: {}, items };
  }
  return undefined;
}
