import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";

const loopback = "127.0.0.1";

export interface SentryPorts {
  api: number;
  health: number;
  metrics: number;
}

export interface PlacementPorts {
  api: number;
  raft: number;
  health: number;
  metrics: number;
}

export interface SchedulerPorts {
  api: number;
  etcdClient: number;
  etcdPeer: number;
  health: number;
  metrics: number;
}

/** Dapr's certificate authority, which issues the certificates for mutual TLS. */
export interface Sentry {
  address: string;
  anchorsFile: string;
}

const trustDomain = "localhost";

export function sentryOn(instance: Instance, port: number): Sentry {
  return { address: `${loopback}:${port}`, anchorsFile: join(instance.certificates, "ca.crt") };
}

/** Dapr's certificate authority. Its root certificate is valid for one year, so each run creates a new one. */
export function sentryProcess(
  instance: Instance,
  program: string,
  ports: SentryPorts,
  configuration: string,
): ProcessSpec {
  const own = ["--config", configuration, "--issuer-credentials", instance.certificates, "--trust-domain", trustDomain];
  return server(instance, "sentry", program, ports, own);
}

/** Flags and environment that give a sidecar its own identity; empty without a certificate authority. */
export function sidecarIdentity(sentry: Sentry | undefined): { args: string[]; env: Record<string, string> } {
  if (!sentry) return { args: [], env: {} };
  return {
    args: ["--enable-mtls", "--sentry-address", sentry.address, "--control-plane-trust-domain", trustDomain],
    env: { DAPR_TRUST_ANCHORS: readFileSync(sentry.anchorsFile, "utf8"), NAMESPACE: "default" },
  };
}

function serverIdentity(sentry: Sentry | undefined): string[] {
  if (!sentry) return [];
  const trust = ["--trust-anchors-file", sentry.anchorsFile, "--trust-domain", trustDomain];
  return ["--tls-enabled", "--sentry-address", sentry.address, ...trust];
}

/** Dapr's placement: one node, with its table in memory. */
export function placementProcess(
  instance: Instance,
  program: string,
  ports: PlacementPorts,
  sentry: Sentry | undefined,
): ProcessSpec {
  const id = "dapr-placement-0";
  const own = ["--id", id, "--initial-cluster", `${id}=${loopback}:${ports.raft}`, ...serverIdentity(sentry)];
  return server(instance, "placement", program, ports, own);
}

/** Dapr's scheduler: one node, with its jobs in the instance folder. */
export function schedulerProcess(
  instance: Instance,
  program: string,
  ports: SchedulerPorts,
  sentry: Sentry | undefined,
): ProcessSpec {
  const id = "dapr-scheduler-server-0";
  const own = [
    ["--id", id],
    ["--override-broadcast-host-port", `${loopback}:${ports.api}`],
    ["--etcd-data-dir", join(instance.folder, "scheduler")],
    ["--etcd-client-port", String(ports.etcdClient)],
    ["--etcd-client-listen-address", loopback],
    ["--etcd-initial-cluster", `${id}=http://${loopback}:${ports.etcdPeer}`],
    serverIdentity(sentry),
  ];
  return server(instance, "scheduler", program, ports, own.flat());
}

function server(
  instance: Instance,
  name: string,
  program: string,
  ports: { api: number; health: number; metrics: number },
  own: string[],
): ProcessSpec {
  const listeners = [
    ["--port", String(ports.api), "--listen-address", loopback],
    ["--healthz-port", String(ports.health), "--healthz-listen-address", loopback],
    ["--metrics-port", String(ports.metrics), "--metrics-listen-address", loopback],
    ["--log-level", "warn", "--log-as-json"],
  ];
  return {
    name,
    command: program,
    args: [...listeners.flat(), ...own],
    cwd: instance.folder,
    env: { ...inheritedEnvironment(), TMPDIR: instance.temporary, GOMEMLIMIT: "128MiB", NAMESPACE: "default" },
    log: join(instance.logs, `${name}.log`),
  };
}
