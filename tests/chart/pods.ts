import type { Manifest } from "./render.ts";

export type Container = {
  name: string;
  image: string;
  args?: string[];
  restartPolicy?: string;
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: Record<string, unknown>;
};
type Volume = {
  name: string;
  projected?: { sources: object[] };
  secret?: { secretName: string };
  emptyDir?: object;
  persistentVolumeClaim?: { claimName: string };
};
export type PodSpec = {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  terminationGracePeriodSeconds?: number;
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
};
export type Pod = {
  owner: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: PodSpec;
};

/** The pods of the manifests, by workload. */
export function podsOf(manifests: Manifest[]): Pod[] {
  return manifests.flatMap((manifest) => {
    const template = templateOf(manifest);
    if (!template) return [];
    const { labels = {}, annotations = {} } = template.metadata ?? {};
    return [{ owner: `${manifest.kind}/${manifest.metadata.name}`, labels, annotations, spec: template.spec }];
  });
}

type Template = { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: PodSpec };

function templateOf(manifest: Manifest): Template | undefined {
  if (manifest.kind === "Pod") return { metadata: manifest.metadata, spec: manifest.spec };
  if (manifest.kind === "CronJob") return manifest.spec.jobTemplate.spec.template;
  return manifest.spec?.template?.spec?.containers ? manifest.spec.template : undefined;
}

export const containersOf = ({ spec }: Pod): Container[] => [...(spec.initContainers ?? []), ...spec.containers];

/**
 * Adds the sidecar as the injector of Dapr 1.18 does for `dapr.io/enabled` (pkg/injector/patcher), as far as needed
 * here.
 */
export function withSidecar(pod: Pod): PodSpec {
  const { annotations, spec } = pod;
  if (annotations["dapr.io/enabled"] !== "true") return spec;
  const mounts = (key: string, readOnly: boolean) =>
    (annotations[key] ?? "")
      .split(",")
      .filter(Boolean)
      .map((one) => {
        const [name = "", mountPath = ""] = one.split(":");
        return { name, mountPath, readOnly };
      });
  // With SSL_CERT_DIR the injector allows root, for Windows but also on Linux (Dapr's pkg/injector/patcher/sidecar_container.go).
  const maybeRoot = /(^|,)\s*SSL_CERT_DIR=/.test(annotations["dapr.io/env"] ?? "");
  const daprd: Container = {
    name: "daprd",
    image: annotations["dapr.io/sidecar-image"] ?? "",
    restartPolicy: "Always",
    volumeMounts: [...mounts("dapr.io/volume-mounts", true), ...mounts("dapr.io/volume-mounts-rw", false)],
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: !maybeRoot,
      readOnlyRootFilesystem: !maybeRoot,
      seccompProfile: { type: annotations["dapr.io/sidecar-seccomp-profile-type"] },
      capabilities: { drop: ["ALL"] },
    },
  };
  return { ...spec, initContainers: [...(spec.initContainers ?? []), daprd] };
}
