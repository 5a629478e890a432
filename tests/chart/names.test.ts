import t from "tap";
import { parseAllDocuments } from "yaml";
import { chart, ci, release, withValues } from "./render.ts";
import { command, findHelm, kubernetesVersion } from "./tools.ts";

/** Names that Kubernetes takes and YAML reads as something else. */
const namespaces = ["1234", "true", "null", "1e3", "yes", "no", "on", "y", "0x1f", "0o17", "017", "2001-01-01"];
const releases = ["3240286e-210077", "1234", "1.5", "null", "off", "n", "1e3.example", "2001-01-01", "0b1", "a.b-c.d"];
/** Values that name things outside the release. */
const outside = ["dapr.namespace", "monitoring.namespace", "keda.namespace", "networkPolicy.dns.namespace"];
const inside = ["ingress.className", "priorityClassName", "volumes.media.existingClaim", "setUp.suffix"];

type Target = { name: string; namespace: string; others?: string };

/** A render as text, with everything that the chart can make. YAML 1.1 reads more words as something else than text. */
async function documents({ name, namespace, others }: Target): Promise<unknown[]> {
  const settings = [...outside, ...inside].flatMap((path) => ["--set-string", `${path}=${others ?? "plain"}`]);
  const files = ["redis", "ingress", "monitoring"].flatMap((file) => withValues(ci(file)));
  const args = ["template", name, chart, "--namespace", namespace, "--kube-version", kubernetesVersion];
  // a service whose name YAML would read as nothing
  const service = ["--set", "services.null.database.enabled=false", "--set-string", "setUp.earlierSuffixes={1e3}"];
  const { code, stdout, stderr } = await command(await findHelm(), [...args, ...files, ...settings, ...service]);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout, { version: "1.1" }).map((document) => document.toJS());
}

/** The paths of all values, each with its type. */
function types(value: unknown, path = ""): string[] {
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    return Object.entries(value).flatMap(([key, inner]) => types(inner, `${path}/${key}`));
  }
  return [`${path} ${value instanceof Date ? "date" : typeof value}`];
}

const sorted = (found: unknown[]) =>
  found
    .filter((one) => one !== null)
    .flatMap((one) => {
      const { kind, metadata } = one as { kind: string; metadata: { name: unknown } };
      return types(one, `${kind} ${String(metadata.name).replace(/^sidecart-set-up-.*/, "set-up")}`);
    })
    .sort();

const plain = sorted(await documents(release));

t.test("every name is text, whatever the release, its namespace and what is outside are called", async (t) => {
  for (const [place, namespace] of namespaces.entries()) {
    const name = releases[place % releases.length] ?? "";
    t.same(sorted(await documents({ name, namespace, others: namespace })), plain, `${name} in ${namespace}`);
  }
});

t.test("the names arrive unchanged", async (t) => {
  const found = (await documents({ name: "3240286e-210077", namespace: "1234" })).filter((one) => one !== null);
  for (const one of found as { metadata: { namespace: string; labels: Record<string, string> } }[]) {
    t.equal(one.metadata.namespace, "1234");
    t.equal(one.metadata.labels["app.kubernetes.io/instance"], "3240286e-210077");
  }
});
