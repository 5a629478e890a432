import { setTimeout as pause } from "node:timers/promises";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import pTimeout from "p-timeout";
import type { z } from "zod";
import { loadConfig, type PlatformConfig, platformConfig } from "../config.ts";
import { daprCallbacks } from "../events/app-callback.ts";
import { createListener } from "../events/broadcast.ts";
import { type AppServer, startAppServer } from "../rpc/app-server.ts";
import { background } from "../rpc/call.ts";
import { connectSidecar, type Sidecar } from "../rpc/sidecar.ts";
import { createVerifier, type Verifier } from "../rpc/tokens.ts";
import type { ServiceDeclaration } from "../service.ts";
import { createLogger, type Logger } from "../telemetry/log.ts";
import { type MetricsServer, startMetricsServer } from "../telemetry/metrics-server.ts";
import { startTelemetry, type Telemetry } from "../telemetry/telemetry.ts";
import { calleesOf, startAccessCheck } from "./access.ts";
import { pubsubName, secretStore } from "./components.ts";
import { createDatabaseSide, type DatabaseSide } from "./database-side.ts";
import { neededComponents, refuseUnkept } from "./needs.ts";
import type { Platform, Wiring } from "./platform.ts";
import { createProblems, type Problems } from "./problems.ts";
import { createSidecarCheck } from "./sidecar-check.ts";
import { stopLimits } from "./stop-limits.ts";

const startTimeoutMs = 60_000;

export type RunOptions<Service extends ServiceDeclaration, Config extends PlatformConfig> = {
  service: Service;
  /** The service's own settings in addition to the platform's, `platformConfig.extend({…})`. */
  config?: z.ZodType<Config>;
  wire(platform: Platform<Service, Config>): Promise<Wiring<Service>> | Wiring<Service>;
};

/** What all parts of one process share. */
type Process = {
  service: ServiceDeclaration;
  config: PlatformConfig;
  log: Logger;
  telemetry: Telemetry;
  problems: Problems;
  wire(platform: object): Promise<Wiring> | Wiring;
};
type Running = { isReady(): Promise<boolean>; stop(): Promise<void> };

/**
 * Runs a service until SIGTERM or SIGINT. It is not ready until its sidecar has loaded what the service declares. When
 * it stops, it accepts nothing new, finishes calls in progress, publishes the events that they wrote, closes its
 * connections, and exits with code 0.
 */
export async function run<Service extends ServiceDeclaration, Config extends PlatformConfig = PlatformConfig>(
  options: RunOptions<Service, Config>,
): Promise<void> {
  const config = loadConfig<PlatformConfig>(options.config ?? platformConfig);
  setLogVerbosity(logVerbosity.NONE);
  const log = createLogger(config.SIDECART_APP_ID, config.SIDECART_LOG_LEVEL);
  exitOnUncaught(log);
  let running: Running | undefined;
  let [started, stopping] = [false, false];
  onSignal(log, async () => {
    stopping = true;
    await running?.stop();
  });
  try {
    const [telemetry, problems] = [startTelemetry(config), createProblems(log)];
    const canServe = () => started && !stopping && problems.all().length === 0;
    const isReady = async () => canServe() && ((await running?.isReady()) ?? false);
    const metrics = await maybeServeMetrics(config, telemetry, problems, isReady);
    const wire = options.wire as Process["wire"];
    const process = { service: options.service, config, log, telemetry, problems, wire };
    await start(process, metrics, (serving) => {
      running = serving;
    });
    started = true;
    if (!stopping) log.info("ready");
  } catch (error) {
    // What a start in progress needs is closed already. The signal ends the process.
    if (stopping) return;
    log.fatal({ err: error }, "could not start");
    process.exit(1);
  }
}

/**
 * Calls `onServing` as soon as calls can arrive, so that a stop before the end of the start finishes them. Resolves when
 * the start is complete.
 */
async function start(
  process: Process,
  metrics: MetricsServer | undefined,
  onServing: (running: Running) => void,
): Promise<void> {
  const { service, config, log, problems } = process;
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN, log });
  await sidecar.ready(background(startTimeoutMs));
  const check = createSidecarCheck(service.name, sidecar, problems);
  await check.untilLoaded(neededComponents(service, []));
  const databaseSide = service.database ? createDatabaseSide({ service, config, sidecar, log }) : undefined;
  const verifier = createVerifier(sidecar);
  const wiring = await wire(process, sidecar, verifier, databaseSide);
  const { subscriptions = [], cacheInvalidation, http, calls = [] } = wiring;
  refuseUnkept(service, subscriptions);
  const wired = { subscriptions, cacheInvalidation, verifier: wiring.verifier ?? verifier };
  await check.untilLoaded(neededComponents(service, subscriptions));
  let draining = false;
  const server = await serve(process, wiring, databaseSide?.serve(wired), () => !draining && check.passes());
  const database = databaseSide?.begin(wired);
  const checks = [check.watch(log)];
  const limits = stopLimits(http !== undefined);
  const stop = async () => {
    await http?.drain(limits.requestsMs);
    draining = true;
    if (!http) await pause(config.SIDECART_DRAIN_DELAY_MS);
    await server.close(limits.callsMs);
    await within(limits.workMs, [wiring.stop?.(), database?.stopSweeps(), ...checks.map((one) => one.stop())]);
    await within(limits.relayMs, [database?.stopRelay()]);
    sidecar.close();
    metrics?.close();
    await within(limits.telemetryMs, [process.telemetry.shutdown()]);
  };
  onServing({ isReady: async () => (await http?.isReady()) ?? true, stop });
  await http?.listen();
  const callees = [...calleesOf(service), ...calls];
  checks.push(await startAccessCheck({ app: service.name, callees, sidecar, problems, log }));
}

function wire(
  { config, log, telemetry, problems, wire: own }: Process,
  sidecar: Sidecar,
  verifier: Verifier,
  databaseSide: DatabaseSide | undefined,
): Promise<Wiring> | Wiring {
  const secret = (name: string) => sidecar.secret(secretStore, name, background(10_000));
  const given = { config, log, sidecar, verifier, telemetry, secret, problems: problems.all };
  return own({ ...given, ...databaseSide?.given });
}

type Served = ReturnType<DatabaseSide["serve"]>;

/** Serves the sidecar: Dapr's callbacks, and calls from other services. */
function serve(
  process: Process,
  wiring: Wiring,
  served: Served | undefined,
  isOpen: () => boolean,
): Promise<AppServer> {
  const { service, config, log } = process;
  const { rpc = [], subscriptions = [] } = wiring;
  const listener = createListener(subscriptions, log);
  return startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    log,
    implementations: [
      ...rpc,
      ...(served ? [served.admin] : []),
      ...daprCallbacks({ dispatcher: served?.dispatcher, listener, pubsub: pubsubName, appId: service.name, isOpen }),
    ],
  });
}

/**
 * Waits until the work ends, or the timeout passes. Unfinished work is repeated by another replica or the next start.
 */
async function within(milliseconds: number, work: unknown[]): Promise<void> {
  await pTimeout(Promise.all(work), { milliseconds, fallback: () => [] });
}

/** Served before the service is ready, so that a probe can see that the process is alive, and why it is not ready. */
async function maybeServeMetrics(
  config: PlatformConfig,
  telemetry: Telemetry,
  problems: Problems,
  ready: () => Promise<boolean>,
): Promise<MetricsServer | undefined> {
  const { SIDECART_METRICS_PORT: port, SIDECART_METRICS_HOST: host } = config;
  return port === undefined ? undefined : startMetricsServer({ telemetry, host, port, ready, problems: problems.all });
}

/** Node would print all properties of the error, and drivers keep passwords there. */
function exitOnUncaught(log: Logger): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, `${event}: exiting`);
      process.exit(1);
    });
  }
}

/** Runs `stop` once on SIGTERM or SIGINT, then exits: with 0 when it succeeded. */
function onSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end).on("SIGINT", end);
}
