import type { Kubectl } from "./kubectl.ts";
import { restrictedContainer, restrictedPod } from "./restricted.ts";

/** A pod outside all policies of the release. It shows that a port listens which other pods may not connect to. */
export const bystander = "cluster-bystander";

export async function startBystander(cluster: Kubectl, image: string): Promise<void> {
  await stopBystander(cluster);
  await cluster.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: bystander },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: restrictedPod(65532),
      containers: [
        {
          name: bystander,
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["node", "--eval", "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 60_000)"],
          securityContext: restrictedContainer,
        },
      ],
    },
  });
  await cluster.run("wait", "--for=condition=Ready", `pod/${bystander}`, "--timeout=120s");
}

export async function stopBystander(cluster: Kubectl): Promise<void> {
  await cluster.run("delete", "pod", bystander, "--ignore-not-found", "--wait=true");
}
