import { join } from "node:path";
import t from "tap";
import { type Container, type Pod, podsOf } from "./pods.ts";
import { chart, type Manifest, named, render } from "./render.ts";

const units: Record<string, number> = { Mi: 1, Gi: 1024 };
const node = 4 * 1024;
/** Memory of Dapr's control plane (chart defaults) and of the node's own pods, from `kubectl top`, rounded up. */
const besides = 1024;

function mebibytes(quantity = "0Mi"): number {
  const [, number = "", unit = ""] = quantity.match(/^(\d+)(Mi|Gi)$/) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new Error(`${quantity} is not in Mi or Gi`);
  return Number(number) * factor;
}

const requestOf = ({ resources }: Container) => mebibytes(resources?.requests?.memory);
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

/** The memory that the scheduler counts for a pod: all containers, or the largest init container if that is more. */
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

t.test("the single-node release and Dapr's control plane fit on a node with 4 GiB", async (t) => {
  const total = standing(await render([join(chart, "values-kind.yaml")]));
  t.ok(total + besides < node, `${total} MiB`);
});
