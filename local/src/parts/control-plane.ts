import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";

const loopback = "127.0.0.1";

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

/** Dapr's actor placement: one node, its table in memory. */
export function placementProcess(instance: Instance, program: string, ports: PlacementPorts): ProcessSpec {
  const id = "dapr-placement-0";
  const own = ["--id", id, "--initial-cluster", `${id}=${loopback}:${ports.raft}`];
  return server(instance, "placement", program, ports, own);
}

/** Dapr's scheduler: one node, its jobs kept in the instance folder. */
export function schedulerProcess(instance: Instance, program: string, ports: SchedulerPorts): ProcessSpec {
  const id = "dapr-scheduler-server-0";
  const own = [
    ["--id", id],
    ["--override-broadcast-host-port", `${loopback}:${ports.api}`],
    ["--etcd-data-dir", join(instance.folder, "scheduler")],
    ["--etcd-client-port", String(ports.etcdClient)],
    ["--etcd-client-listen-address", loopback],
    ["--etcd-initial-cluster", `${id}=http://${loopback}:${ports.etcdPeer}`],
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
    env: { ...inheritedEnvironment(), GOMEMLIMIT: "128MiB" },
    log: join(instance.logs, `${name}.log`),
  };
}
