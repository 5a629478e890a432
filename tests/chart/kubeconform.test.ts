import t from "tap";
import { render, valuesFiles, valuesName } from "./render.ts";
import { schemaFolder, schemaLocation } from "./schemas.ts";
import { command, findKubeconform } from "./tools.ts";

const location = schemaLocation(await schemaFolder((text) => t.comment(text)));
type Said = { resources: { kind: string; name: string; status: string; msg: string }[] };

async function invalid(manifests: object[]): Promise<string[]> {
  const input = manifests.map((one) => JSON.stringify(one)).join("\n---\n");
  const args = ["-strict", "-output", "json", "-schema-location", location];
  const { stdout, stderr } = await command(await findKubeconform(), args, { input });
  if (!stdout) throw new Error(stderr);
  return (JSON.parse(stdout) as Said).resources.map(
    ({ kind, name, status, msg }) => `${kind} ${name}: ${status} ${msg}`,
  );
}

for (const file of valuesFiles) {
  t.test(`every manifest of ${valuesName(file)} is valid for Kubernetes and the custom resources`, async (t) => {
    t.same(await invalid(await render([file])), []);
  });
}

t.test("an unknown field, a wrong type and an unknown kind are reported", async (t) => {
  const policy = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "x" },
    spec: { maxUnavailble: 1 },
  };
  t.match(await invalid([policy]), [/maxUnavailble/]);
  const component = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "x" },
    spec: { type: 1, version: "v1" },
  };
  t.match(await invalid([component]), [/type/]);
  t.match(await invalid([{ ...component, kind: "Kompo" }]), [/could not find schema/]);
});
