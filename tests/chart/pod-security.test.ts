import t from "tap";
import { type PodSpec, podsOf, withSidecar } from "./pods.ts";
import { ci, render, valuesFiles, valuesName } from "./render.ts";
import { checker } from "./tools.ts";

type Verdict = { name: string; reasons: string[] };
const verdicts = await checker<{ name: string; spec: PodSpec }, Verdict>("pod-security");

for (const file of valuesFiles) {
  t.test(
    `every pod of ${valuesName(file)}, with its sidecar, is within the restricted Pod Security Standard`,
    async (t) => {
      const pods = podsOf(await render([file])).map((pod) => ({ name: pod.owner, spec: withSidecar(pod) }));
      const found = await verdicts(pods);
      t.same(
        found.map(({ name }) => name),
        pods.map(({ name }) => name),
      );
      for (const { name, reasons } of found) t.same(reasons, [], name);
    },
  );
}

t.test("so is every pod that trusts a private authority", async (t) => {
  const pods = podsOf(await render([ci("elasticsearch")], ["tls.caSecret=private-ca"]));
  const found = await verdicts(pods.map((pod) => ({ name: pod.owner, spec: withSidecar(pod) })));
  for (const { name, reasons } of found) t.same(reasons, [], name);
});

t.test("a violation is reported", async (t) => {
  const spec = { containers: [{ name: "app", image: "x:1", securityContext: { privileged: true } }] };
  const [verdict] = await verdicts([{ name: "bad", spec }]);
  t.match(verdict?.reasons.join(), /privileged.*allowPrivilegeEscalation/s);
});
