import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type App, type Replica, sidecarOf } from "../apps.ts";
import type { Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import { StartError } from "../start-error.ts";
import { type Sentry, sidecarIdentity } from "./control-plane.ts";

const loopback = "127.0.0.1";

export interface SidecarPorts {
  app: number;
  http: number;
  grpc: number;
  internal: number;
  metrics: number;
}

/** The settings that all sidecars of a run share. */
export interface SidecarSettings {
  program: string;
  resources: readonly string[];
  configuration: string;
  placement: string;
  scheduler: string;
  sentry: Sentry | undefined;
  tokens: Tokens;
}

/** Tokens between app and sidecar, one for each direction, new in every run. */
export interface Tokens {
  dapr: string;
  app: string;
}

/** How to start a replica's daprd. Its working directory is the instance folder, where components have their files. */
export function sidecarProcess(
  instance: Instance,
  { app, name: replica }: Replica,
  ports: SidecarPorts,
  settings: SidecarSettings,
): ProcessSpec {
  const name = sidecarOf(replica);
  const identity = sidecarIdentity(settings.sentry);
  return {
    name,
    command: settings.program,
    args: [...flags(app, ports, settings), ...identity.args],
    cwd: instance.folder,
    env: {
      ...inheritedEnvironment(),
      ...identity.env,
      DAPR_API_TOKEN: settings.tokens.dapr,
      APP_API_TOKEN: settings.tokens.app,
      DAPR_COMPONENTS_SOCKETS_FOLDER: instance.sockets,
      TMPDIR: instance.temporary,
      DAPR_HOST_IP: loopback, // what name resolution tells the other sidecars
      GOMEMLIMIT: "256MiB",
    },
    log: join(instance.logs, `${name}.log`),
  };
}

function flags(app: App, ports: SidecarPorts, settings: SidecarSettings): string[] {
  const actors = [
    ["--placement-host-address", settings.placement],
    ["--scheduler-host-address", settings.scheduler],
  ];
  return [
    ["--app-id", app.id],
    ["--app-port", String(ports.app), "--app-protocol", "grpc"],
    ["--enable-app-health-check", "--app-health-probe-interval", "1", "--app-health-probe-timeout", "1000"],
    ["--dapr-listen-addresses", loopback],
    ["--dapr-http-port", String(ports.http), "--dapr-grpc-port", String(ports.grpc)],
    ["--dapr-internal-grpc-port", String(ports.internal), "--dapr-internal-grpc-listen-address", loopback],
    ["--metrics-port", String(ports.metrics), "--metrics-listen-address", loopback],
    ["--max-body-size", "4Mi"],
    ["--dapr-graceful-shutdown-seconds", "5"],
    ["--log-level", "warn", "--log-as-json"],
    ...configurations(app, settings).map((file) => ["--config", file]),
    ...settings.resources.map((folder) => ["--resources-path", folder]),
    ...(app.actors ? actors : []),
  ].flat();
}

/** The shared configuration, the secrets that this app may read and, with certificates, the apps that may call it. */
function configurations(app: App, { configuration, sentry }: SidecarSettings): string[] {
  const folder = dirname(configuration);
  const own = ["secrets", ...(sentry ? ["access"] : [])].map((kind) => join(folder, kind, `${app.id}.yaml`));
  // Without these files the app could read every secret, and every app could call it.
  const missing = own.find((file) => !existsSync(file));
  if (missing) throw new StartError(`${missing} is missing: every app needs its secret scope and access policy`);
  return [configuration, ...own];
}

/** The URL of the readiness of the sidecar, its components and its app. */
export function sidecarHealth(ports: SidecarPorts): string {
  return `http://${loopback}:${ports.http}/v1.0/healthz`;
}
