import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { DeadLetterAdminService } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import type { PlatformConfig } from "../config.ts";
import { type Database, database } from "../database/database.ts";
import { createListener } from "../events/broadcast.ts";
import type { CacheInvalidation } from "../events/cache-invalidation.ts";
import { deadLetterAdmin } from "../events/dead-letter-admin.ts";
import { createDeadLetters } from "../events/dead-letters.ts";
import { pruneInbox } from "../events/inbox.ts";
import { type OutboxRelay, startOutboxRelay } from "../events/outbox.ts";
import { createDispatcher, type PubSub, type Subscription } from "../events/subscriptions.ts";
import { armFault } from "../fault.ts";
import { type Implementation, implement, startAppServer } from "../rpc/app-server.ts";
import { background } from "../rpc/call.ts";
import { connectSidecar, type Sidecar } from "../rpc/sidecar.ts";
import { createVerifier, type Verifier } from "../rpc/tokens.ts";
import { createLogger, type Logger } from "../telemetry/log.ts";
import { type MetricsServer, startMetricsServer } from "../telemetry/metrics-server.ts";
import { startTelemetry, type Telemetry } from "../telemetry/telemetry.ts";
import { startBacklog } from "./backlog.ts";
import { startSweep } from "./sweep.ts";

/** The one broker and the one secret store, by the names their components have. */
export const pubsubName: PubSub = "pubsub";
export const secretStore = "secrets";
const startTimeoutMs = 60_000;
/** All of it together is the 20 seconds that the chart gives beside the delay before it (graceSeconds in _services.tpl). */
const drainMs = 8_000;
const stopStepMs = 4_000;
const pruneMs = 60 * 60_000;

/** What a service is given to wire itself with. */
export type Platform = {
  config: PlatformConfig;
  log: Logger;
  sidecar: Sidecar;
  database: Database;
  verifier: Verifier;
  secret(name: string): Promise<Record<string, string>>;
};

export type Wiring = {
  rpc: Implementation[];
  subscriptions: Subscription[];
  /** What of its events caches are told of. */
  cacheInvalidation?: CacheInvalidation;
  /** For operators' calls, instead of the platform's: accounts, which has the keys, asks nobody. */
  verifier?: Verifier;
  /** Ends what the service itself started, such as sweeps. */
  stop?(): Promise<void> | void;
};

export type ServiceOptions = {
  config: PlatformConfig;
  wire(platform: Platform): Promise<Wiring> | Wiring;
};

/**
 * Starts a service and keeps it running until SIGTERM or SIGINT. Then nothing new comes in, what is in hand is finished,
 * what that wrote is published, the connections go, and it ends with code 0.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { config } = options;
  setLogVerbosity(logVerbosity.NONE);
  const log = createLogger(config.SIDECART_APP_ID, config.SIDECART_LOG_LEVEL);
  let running: { stop(): Promise<void> } | undefined;
  let stopping = false;
  onSignal(log, async () => {
    stopping = true;
    await running?.stop();
  });
  try {
    const telemetry = startTelemetry(config);
    const metrics = await maybeServeMetrics(config, telemetry, () => running !== undefined && !stopping);
    running = await start(options, log, telemetry, metrics);
    log.info("ready");
  } catch (error) {
    log.fatal({ err: error }, "could not start");
    process.exit(1);
  }
}

async function start(
  options: ServiceOptions,
  log: Logger,
  telemetry: Telemetry,
  metrics: MetricsServer | undefined,
): Promise<{ stop(): Promise<void> }> {
  const { config } = options;
  const appId = config.SIDECART_APP_ID;
  const sidecar = connectSidecar({ port: config.DAPR_GRPC_PORT, apiToken: config.DAPR_API_TOKEN });
  await sidecar.ready(background(startTimeoutMs));
  let relay: OutboxRelay | undefined;
  const own = database(sidecar, `${appId}-db`, {
    kick: () => relay?.kick(),
    publish: (rows) => relay?.publish(rows),
  });
  const verifier = createVerifier(sidecar);
  const wiring = await options.wire({
    config,
    log,
    sidecar,
    database: own,
    verifier,
    secret: (name) => sidecar.secret(secretStore, name, background(10_000)),
  });
  const deadLetters = createDeadLetters(own);
  const dispatcher = createDispatcher(wiring.subscriptions, deadLetters, log);
  const listener = createListener(wiring.subscriptions, log);
  const admin = implement(
    DeadLetterAdminService,
    deadLetterAdmin({ verifier: wiring.verifier ?? verifier, deadLetters, dispatcher }),
  );
  const server = await startAppServer({
    host: config.SIDECART_APP_HOST,
    port: config.SIDECART_APP_PORT,
    appToken: config.APP_API_TOKEN,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    log,
    implementations: [...wiring.rpc, admin],
    dispatcher,
    listener,
    pubsub: pubsubName,
    appId,
  });
  const reached = armFault(config.SIDECART_FAULT);
  const { cacheInvalidation } = wiring;
  relay = startOutboxRelay({ database: own, sidecar, appId, pubsub: pubsubName, log, cacheInvalidation, reached });
  const pruning = startSweep("inbox", pruneMs, log, (context) => pruneInbox(own, context));
  const backlog = startBacklog(own, log);
  const stop = async () => {
    await server.drain(drainMs, config.SIDECART_DRAIN_DELAY_MS);
    await within(stopStepMs, Promise.all([wiring.stop?.(), pruning.stop(), backlog.stop()]));
    await within(stopStepMs, relay?.stop());
    sidecar.close();
    metrics?.close();
    await within(stopStepMs, telemetry.shutdown());
  };
  return { stop };
}

/** Waits, though not for ever: what is left is repeated by whoever comes next. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
}

/** Served before the service is ready, so that whoever waits for it can see that it lives. */
export async function maybeServeMetrics(
  config: PlatformConfig,
  telemetry: Telemetry,
  ready: () => boolean | Promise<boolean>,
): Promise<MetricsServer | undefined> {
  const { SIDECART_METRICS_PORT: port, SIDECART_METRICS_HOST: host } = config;
  return port === undefined ? undefined : startMetricsServer({ telemetry, host, port, ready });
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
