import type { Kubectl } from "./kubectl.ts";

/** A pod that no policy of the release selects: it shows that a place listens which others may not reach. */
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
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: bystander,
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["node", "--eval", "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 60_000)"],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
        },
      ],
    },
  });
  await cluster.run("wait", "--for=condition=Ready", `pod/${bystander}`, "--timeout=120s");
}

export async function stopBystander(cluster: Kubectl): Promise<void> {
  await cluster.run("delete", "pod", bystander, "--ignore-not-found", "--wait=true");
}
