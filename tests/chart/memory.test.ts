import { join } from "node:path";
import t from "tap";
import { type Container, type Pod, podsOf } from "./pods.ts";
import { chart, type Manifest, named, render } from "./render.ts";

const units: Record<string, number> = { Mi: 1, Gi: 1024 };
const node = 4 * 1024;
/** Dapr's control plane as its chart installs it by default, seen with `kubectl top`, and the node's own pods, rounded up. */
const besides = 1024;

function mebibytes(quantity = "0Mi"): number {
  const [, number = "", unit = ""] = quantity.match(/^(\d+)(Mi|Gi)$/) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new Error(`${quantity} is not in Mi or Gi`);
  return Number(number) * factor;
}

const requestOf = ({ resources }: Container) => mebibytes(resources?.requests?.memory);
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

/** What the scheduler reckons for a pod: all that runs at once, or the greatest step before, whichever is more. */
function podRequest({ annotations, spec }: Pod): number {
  const steps = (spec.initContainers ?? []).filter((one) => one.restartPolicy !== "Always");
  const beside = (spec.initContainers ?? []).filter((one) => one.restartPolicy === "Always");
  const sidecar = annotations["dapr.io/enabled"] ? mebibytes(annotations["dapr.io/sidecar-memory-request"]) : 0;
  const running = sum([...beside, ...spec.containers].map(requestOf)) + sidecar;
  return Math.max(running, ...steps.map(requestOf));
}

function standing(manifests: Manifest[]): number {
  const pods = podsOf(manifests).filter(({ owner }) => owner.startsWith("Deployment/"));
  const replicas = ({ owner }: Pod) =>
    named(manifests, "Deployment", owner.replace("Deployment/", "")).spec.replicas ?? 1;
  return sum(pods.map((pod) => podRequest(pod) * replicas(pod)));
}

t.test("the install for one node fits a node of 4 GiB, with Dapr's control plane", async (t) => {
  const total = standing(await render([join(chart, "values-kind.yaml")]));
  t.ok(total + besides < node, `${total} MiB`);
});
