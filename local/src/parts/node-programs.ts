import { join } from "node:path";
import type { Replica } from "../apps.ts";
import { cacheFolder, checkout, type Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import type { SidecarPorts, Tokens } from "./sidecar.ts";

export interface AppSettings {
  ports: SidecarPorts;
  metricsPort: number;
  /** Its port for HTTP, if it serves HTTP. */
  httpPort: number | undefined;
  tokens: Tokens;
  logLevel: string;
}

/** A front end in development is a page of another origin, on any port of this machine. */
const developersOrigins = ["http", "https"].flatMap((scheme) =>
  ["localhost", "127.0.0.1", "[::1]"].map((host) => `${scheme}://${host}:*`),
);

/** How to start one of our services. Its whole configuration is in its environment. */
export function appProcess(instance: Instance, { app, name }: Replica, settings: AppSettings): ProcessSpec {
  const { ports, tokens } = settings;
  return nodeProcess(instance, name, app.entry, checkout, {
    SIDECART_APP_ID: app.id,
    SIDECART_APP_PORT: String(ports.app),
    SIDECART_METRICS_PORT: String(settings.metricsPort),
    SIDECART_LOG_LEVEL: settings.logLevel,
    SIDECART_LOCAL: "1",
    SIDECART_DRAIN_DELAY_MS: "0",
    // All clients on this machine share one address.
    SIDECART_RATE_LIMIT: "1000000",
    SIDECART_LOGIN_RATE_LIMIT: "100000",
    ...quotas(),
    ...(settings.httpPort === undefined ? {} : listening(settings.httpPort)),
    DAPR_GRPC_PORT: String(ports.grpc),
    DAPR_HTTP_PORT: String(ports.http),
    DAPR_API_TOKEN: tokens.dapr,
    APP_API_TOKEN: tokens.app,
  });
}

/** The shop's quotas, which services/orders/src/config.ts lists. */
const quotas = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("SIDECART_QUOTA_")));

function listening(httpPort: number): Record<string, string> {
  const own = process.env.SIDECART_CORS_ORIGINS;
  const origins = [...developersOrigins, ...(own ? [own] : [])];
  return { SIDECART_HTTP_PORT: String(httpPort), SIDECART_CORS_ORIGINS: origins.join(",") };
}

/** A pluggable component, `components/<name>`. daprd finds it by the name of its socket, `<type>.sock`. */
export function componentProcess(
  instance: Instance,
  name: string,
  logLevel: string,
  processName: string = name,
): ProcessSpec {
  return nodeProcess(instance, processName, `components/${name}/src/main.ts`, instance.folder, {
    SIDECART_SOCKET: componentSocket(instance, name),
    SIDECART_LOG_LEVEL: logLevel,
    SIDECART_LOCAL: "1",
  });
}

export function componentSocket(instance: Instance, name: string): string {
  return join(instance.sockets, `${name}.sock`);
}

function nodeProcess(
  instance: Instance,
  name: string,
  entry: string,
  cwd: string,
  env: Record<string, string>,
): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [join(checkout, entry)],
    cwd,
    env: {
      ...inheritedEnvironment(),
      ...env,
      // Caches stripped and compiled modules for later starts.
      NODE_COMPILE_CACHE: join(cacheFolder, "node"),
      // The postgres binding returns `573µs` in metadata, for which grpc-js would warn at every call.
      GRPC_VERBOSITY: "NONE",
    },
    log: join(instance.logs, `${name}.log`),
  };
}
