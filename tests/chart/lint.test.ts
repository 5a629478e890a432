import t from "tap";
import { chart, valuesFiles, valuesName, withValues } from "./render.ts";
import { command, findHelm, kubernetesVersion } from "./tools.ts";

for (const file of valuesFiles) {
  t.test(`helm lint accepts ${valuesName(file)}`, async (t) => {
    const args = ["lint", "--strict", "--kube-version", kubernetesVersion, ...withValues(file), chart];
    const { code, stdout } = await command(await findHelm(), args);
    t.equal(code, 0, stdout);
  });
}

t.test("a packed chart contains the Dapr resources", async (t) => {
  const folder = t.testdir();
  const helm = await findHelm();
  const packed = await command(helm, ["package", chart, "--destination", folder]);
  t.equal(packed.code, 0, packed.stderr);
  const archive = `${folder}/sidecart-0.1.0.tgz`;
  const listed = (await command("tar", ["-tzf", archive])).stdout.split("\n");
  t.ok(listed.includes("sidecart/resources/broker/kafka/pubsub.yaml"));
  t.notOk(listed.some((file) => /config\/local\.yaml|secrets\/(local|environment)|\/ci\//.test(file)));
  const template = (from: string) =>
    command(helm, ["template", "x", from, "--kube-version", kubernetesVersion, "-s", "templates/resources.yaml"]);
  t.equal((await template(archive)).stdout, (await template(chart)).stdout, "it renders the same");
});
