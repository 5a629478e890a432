import type { Cluster, Part, Report } from "../part.ts";
import { restrictedContainer, restrictedPod } from "../restricted.ts";
import { walk } from "./journeys.ts";

export const swaps: Part = {
  name: "swaps",
  what: "One value switches the broker, and the same journeys succeed",
  async run(cluster, report) {
    await swap(cluster, report, "broker=rabbitmq");
    await startNats(cluster);
    await swap(cluster, report, "broker=jetstream");
    await cluster.kubectl.run("delete", "deployment,service,secret", "--selector=cluster-test=nats");
    await cluster.reset();
  },
};

async function swap(cluster: Cluster, report: Report, value: string): Promise<void> {
  const seconds = await cluster.helm(value);
  report.note(`helm upgrade --set ${value}: ready after ${seconds} s`);
  await walk(cluster, report);
}

/** The chart has no development server for JetStream, so this starts an external one, as in production. */
async function startNats({ kubectl, servers }: Cluster): Promise<void> {
  const labels = { "cluster-test": "nats" };
  const image = servers ? `${servers}/nats:dev` : "nats:2-alpine";
  await kubectl.apply(
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "jetstream", labels },
      stringData: { natsURL: "nats://nats:4222" },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "nats", labels },
      spec: { selector: labels, ports: [{ port: 4222 }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "nats", labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            securityContext: restrictedPod(999),
            containers: [
              {
                name: "nats",
                image,
                imagePullPolicy: "IfNotPresent",
                args: ["--jetstream", "--store_dir=/data"],
                securityContext: restrictedContainer,
                readinessProbe: { tcpSocket: { port: 4222 } },
                volumeMounts: [{ name: "data", mountPath: "/data" }],
              },
            ],
            volumes: [{ name: "data", emptyDir: {} }],
          },
        },
      },
    },
  );
  await kubectl.run("rollout", "status", "deployment/nats", "--timeout=180s");
}
