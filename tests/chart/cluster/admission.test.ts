import t from "tap";
import { stringify } from "yaml";
import { podsOf, withSidecar } from "../pods.ts";
import { ci, type Manifest, release, render, valuesFiles, valuesName } from "../render.ts";
import { createDefinitions, createNamespace, kubectl, removeDefinitions, removeNamespace } from "./kubectl.ts";

const namespace = `${release.namespace}-${process.pid}`;
const documents = (manifests: object[]) => manifests.map((one) => stringify(one)).join("---\n");
/** In its own namespace; another release may have a node port. */
function inNamespace(manifests: Manifest[]): Manifest[] {
  return manifests.map((one) => {
    const copy = structuredClone(one);
    copy.metadata.namespace = namespace;
    if (copy.kind === "Service") for (const port of copy.spec.ports) delete port.nodePort;
    return copy;
  });
}

t.before(async () => {
  const made = await createDefinitions();
  t.teardown(() => removeDefinitions(made));
  await createNamespace(namespace);
});
t.after(() => removeNamespace(namespace));

for (const file of valuesFiles) {
  t.test(`the API server accepts all of ${valuesName(file)}, without a warning`, async (t) => {
    const manifests = inNamespace(await render([file]));
    const args = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
    const { code, stdout, stderr } = await kubectl(args, documents(manifests));
    t.equal(code, 0, stderr);
    t.equal(stderr, "");
    t.equal(stdout.trim().split("\n").length, manifests.length);
  });
}

t.test("its admission accepts every pod with its sidecar", async (t) => {
  for (const [place, pod] of podsOf(inNamespace(await render([ci("rabbitmq")]))).entries()) {
    const { annotations: _, owner, labels } = pod;
    const {
      serviceAccountName: __,
      priorityClassName: ___,
      ...spec
    } = withSidecar(pod) as object & Record<string, unknown>;
    const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name: `pod-${place}`, namespace, labels }, spec };
    const { code, stderr } = await kubectl(["create", "--dry-run=server", "-f", "-"], stringify(manifest));
    t.equal(code, 0, `${owner}: ${stderr}`);
  }
});
