import { type App, type Replica, replicasOf, sidecarOf } from "./apps.ts";
import type { ServiceDatabase } from "./parts/databases.ts";
import { migrate } from "./parts/migrations.ts";
import { appProcess } from "./parts/node-programs.ts";
import { type SidecarPorts, type SidecarSettings, sidecarHealth, sidecarProcess } from "./parts/sidecar.ts";
import { answersOk, isListening } from "./process/readiness.ts";
import type { Run } from "./run.ts";
import { randomSecret } from "./secrets/private-file.ts";

const loopback = "127.0.0.1";

/** Starts all apps concurrently. Returns the URLs of those that serve HTTP. */
export async function startApps(
  run: Run,
  shared: Omit<SidecarSettings, "tokens">,
  databases: ReadonlyMap<string, ServiceDatabase>,
): Promise<string[]> {
  const start = (apps: readonly App[], others: Promise<unknown>) =>
    Promise.all(apps.map((app) => startApp(run, app, shared, { database: databases.get(app.id), others })));
  const services = start(
    run.apps.filter(({ http }) => !http),
    Promise.resolve(),
  );
  const front = start(
    run.apps.filter(({ http }) => http),
    services,
  );
  const urls = await Promise.all([services, front]);
  return urls.flat(2);
}

type Needs = {
  database: ServiceDatabase | undefined;
  /** The services, which the gateway needs to get ready. The error of a service that does not start has precedence. */
  others: Promise<unknown>;
};

async function startApp(
  run: Run,
  app: App,
  shared: Omit<SidecarSettings, "tokens">,
  { database, others }: Needs,
): Promise<string[]> {
  const migrated = database ? migrate(run.instance, database, run.signal) : Promise.resolve();
  const replicas = replicasOf(app, run.replicas[app.id]);
  const [, ...urls] = await Promise.all([
    migrated,
    ...replicas.map((replica) => startReplica(run, replica, shared, { migrated, others })),
  ]);
  return urls.filter((url) => url !== undefined);
}

async function startReplica(
  run: Run,
  replica: Replica,
  shared: Omit<SidecarSettings, "tokens">,
  { migrated, others }: { migrated: Promise<void>; others: Promise<unknown> },
): Promise<string | undefined> {
  const { app, name } = replica;
  const tokens = { dapr: randomSecret(), app: randomSecret() };
  // The app's port is released with its sidecar's: to the sidecar a held port would look like a listening app.
  const ports = await run.take(sidecarOf(name), ["app", "http", "grpc", "internal", "metrics"]);
  const { metrics } = await run.take(name, ["metrics"]);
  const sidecarReady = () => answersOk(sidecarHealth(ports), { "dapr-api-token": tokens.dapr });
  await run.start("sidecars", sidecarProcess(run.instance, replica, ports, { ...shared, tokens }), sidecarReady);
  await migrated;
  const httpPort = app.http ? await httpPortOf(run, replica) : undefined;
  const settings = { ports, metricsPort: metrics, httpPort, tokens, logLevel: run.logLevel };
  const ready = () => answers(ports, metrics, httpPort, sidecarReady);
  await run.start(app.http ? "front" : "services", appProcess(run.instance, replica, settings), ready);
  await others;
  await Promise.all([run.system.ready(name), run.system.ready(sidecarOf(name))]);
  return httpPort === undefined ? undefined : `http://${loopback}:${httpPort}`;
}

/** The first replica listens on the configured port, further ones on any free port. */
async function httpPortOf(run: Run, { app, name }: Replica): Promise<number> {
  if (name === app.id) return run.httpPort;
  return (await run.take(name, ["http"])).http;
}

async function answers(
  ports: SidecarPorts,
  metricsPort: number,
  httpPort: number | undefined,
  sidecarReady: () => Promise<boolean>,
): Promise<boolean> {
  // The response's body says what is missing.
  await answersOk(`http://${loopback}:${metricsPort}/readyz`);
  await isListening({ port: ports.app, host: loopback });
  await sidecarReady();
  return httpPort === undefined || answersOk(`http://${loopback}:${httpPort}/readyz`);
}
