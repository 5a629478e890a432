import { eventually } from "../../support/eventually.ts";
import { people } from "../capacity.ts";
import { startLoad } from "../load/pod.ts";
import type { Part } from "../part.ts";
import { outcome } from "./kills.ts";

const upMs = 240_000;
const downMs = 420_000;

export const scaling: Part = {
  name: "scaling",
  what: "The autoscaler adds pods to a busy service and removes them afterwards",
  async run(cluster, report) {
    const { kubectl } = cluster;
    if (!(await kubectl.run("top", "pods").catch(() => ""))) return report.note("skipped: no metrics-server");
    const wanted = [
      "enabled=true",
      "minReplicas=1",
      "maxReplicas=3",
      "targetCPUUtilizationPercentage=60",
      "scaleDownSeconds=15",
    ];
    const cpu = "services.orders.resources.requests.cpu=40m";
    await cluster.helm(...wanted.map((one) => `services.orders.autoscaling.${one}`), cpu);
    const replicas = async () => {
      const [orders] = await kubectl.get("deployments", "-l", "app.kubernetes.io/name=orders");
      return Number(orders?.status.readyReplicas ?? 0);
    };
    await eventually("one pod without load", async () => (await replicas()) === 1, downMs);
    const load = await startLoad(kubectl, { image: cluster.image("gateway"), people });
    const started = Date.now();
    const most = await eventually("more pods", async () => (await replicas()) > 1 && replicas(), upMs).catch(() => 1);
    report.expect(`under load orders has ${most} pods`, most > 1);
    report.note(`after ${Math.round((Date.now() - started) / 1_000)} s`);
    outcome(report, "during scale-up", await load.stop());
    const quiet = Date.now();
    const back = await eventually("one pod again", async () => (await replicas()) === 1, downMs).catch(() => false);
    report.expect("after the load orders has one pod again", back);
    report.note(`after ${Math.round((Date.now() - quiet) / 1_000)} s`);
    await cluster.reset();
  },
};
