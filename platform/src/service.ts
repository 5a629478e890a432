import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { OpsService } from "@sidecart/proto/ops/v1/ops";
import { type AppServer, type Implementation, implement, startAppServer } from "./app-server.ts";
import { background } from "./call.ts";
import type { PlatformConfig } from "./config.ts";
import { type Database, database } from "./database.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { armFault } from "./fault.ts";
import { createLogger, type Logger } from "./log.ts";
import { opsHandlers } from "./ops.ts";
import { type OutboxRelay, startOutboxRelay } from "./outbox.ts";
import { connectSidecar, type Sidecar } from "./sidecar.ts";
import { createDispatcher, type Subscription } from "./subscriptions.ts";
import { serveMetrics, startTelemetry, type Telemetry } from "./telemetry.ts";
import { createVerifier, type Verifier } from "./tokens.ts";

/** The one broker and the one secret store, by the names their components have. */
export const pubsubName = "pubsub";
export const secretStore = "secrets";
const startTimeoutMs = 60_000;
const drainMs = 8_000;

/** What a service is given to wire itself with. */
export type Platform = {
  config: PlatformConfig;
  log: Logger;
  sidecar: Sidecar;
  database: Database;
  verifier: Verifier;
  /** To be called after a statement that wrote outbox rows. */
  kickOutbox(): void;
  secret(name: string): Promise<Record<string, string>>;
};

export type Wiring = {
  rpc: Implementation[];
  subscriptions: Subscription[];
  /** For operators' calls, instead of the platform's: accounts, which has the keys, asks nobody. */
  verifier?: Verifier;
  /** Ends what the service itself started, such as sweeps. */
  stop?(): Promise<void> | void;
};

export type ServiceOptions = {
  config: PlatformConfig;
  wire(platform: Platform): Promise<Wiring> | Wiring;
};

/** Starts a service and keeps it running until SIGTERM or SIGINT: then it drains and ends with code 0. */
export async function runService(options: ServiceOptions): Promise<void> {
  const { config } = options;
  setLogVerbosity(logVerbosity.NONE);
  const log = createLogger(config.SIDECART_APP_ID, config.SIDECART_LOG_LEVEL);
  try {
    const telemetry = startTelemetry(config);
    const running = await start(options, log, telemetry);
    onSignal(log, () => running.stop());
    log.info("ready");
  } catch (error) {
    log.fatal({ err: error }, "could not start");
    process.exit(1);
  }
}

async function start(options: ServiceOptions, log: Logger, telemetry: Telemetry): Promise<{ stop(): Promise<void> }> {
  const { config } = options;
  const appId = config.SIDECART_APP_ID;
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  const own = database(sidecar, `${appId}-db`);
  const verifier = createVerifier(sidecar);
  let relay: OutboxRelay | undefined;
  const wiring = await options.wire({
    config,
    log,
    sidecar,
    database: own,
    verifier,
    kickOutbox: () => relay?.kick(),
    secret: (name) => sidecar.secret(secretStore, name, background(10_000)),
  });
  const deadLetters = createDeadLetters(own);
  const dispatcher = createDispatcher(wiring.subscriptions, deadLetters, log);
  const ops = implement(OpsService, opsHandlers({ verifier: wiring.verifier ?? verifier, deadLetters, dispatcher }));
  const server = await startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    log,
    implementations: [...wiring.rpc, ops],
    dispatcher,
    pubsub: pubsubName,
    appId,
  });
  const reached = armFault(config.SIDECART_FAULT);
  relay = startOutboxRelay({ database: own, sidecar, appId, pubsub: pubsubName, log, reached });
  const metrics = await maybeServeMetrics(config, telemetry);
  return { stop: () => stopInOrder({ server, relay, wiring, sidecar, telemetry, metrics }) };
}

type Running = {
  server: AppServer;
  relay: OutboxRelay;
  wiring: Wiring;
  sidecar: Sidecar;
  telemetry: Telemetry;
  metrics: { close(): void } | undefined;
};

/** Nothing new comes in, what is in hand is finished, what it wrote is published, then the connections go. */
async function stopInOrder(running: Running): Promise<void> {
  await running.server.drain(drainMs);
  await running.wiring.stop?.();
  await running.relay.stop();
  running.sidecar.close();
  running.metrics?.close();
  await running.telemetry.shutdown();
}

async function maybeServeMetrics(config: PlatformConfig, telemetry: Telemetry) {
  if (config.SIDECART_METRICS_PORT === undefined) return undefined;
  return serveMetrics(telemetry, config.SIDECART_APP_HOST, config.SIDECART_METRICS_PORT);
}

/** Runs `stop` once on SIGTERM or SIGINT, then exits: 0 when it succeeded. */
export function onSignal(log: Logger, stop: () => Promise<void>): void {
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
