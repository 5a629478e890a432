import { existsSync } from "node:fs";
import { join } from "node:path";
import { type App, sidecarOf } from "./apps.ts";
import { backendsOf, resourceFolders } from "./backends/table.ts";
import { checkout } from "./instance.ts";
import { placementProcess, type Sentry, schedulerProcess, sentryOn, sentryProcess } from "./parts/control-plane.ts";
import { type DaprRuntime, findDapr } from "./parts/dapr.ts";
import { ensureDatabases, type ServiceDatabase } from "./parts/databases.ts";
import { migrate } from "./parts/migrations.ts";
import { appProcess } from "./parts/node-programs.ts";
import { adminUrl, answersQuery, externalPostgres, postgresProcess } from "./parts/postgres.ts";
import { setUp } from "./parts/set-up.ts";
import { type SidecarPorts, type SidecarSettings, sidecarHealth, sidecarProcess } from "./parts/sidecar.ts";
import { answersOk, isListening } from "./process/readiness.ts";
import type { Run } from "./run.ts";
import { credentialsOf } from "./secrets/credentials.ts";
import { randomSecret } from "./secrets/private-file.ts";
import { type Secrets, writeSecrets } from "./secrets/secrets.ts";

const loopback = "127.0.0.1";
const resources = join(checkout, "components/resources");
const configuration = join(resources, "config/local.yaml");

/** What the rest of a run needs to know of its stores. */
export interface Stores {
  databases: Map<string, ServiceDatabase>;
  secrets: Secrets;
}

/** Starts everything of a run, what is independent at the same time, and waits until all of it is ready. */
export async function bringUp(run: Run): Promise<Stores> {
  const postgres = run.step("PostgreSQL", () => startPostgres(run));
  const [controlPlane, databases, ...secrets] = await Promise.all([
    startControlPlane(run),
    postgres.then((admin) => makeDatabases(run, admin)),
    ...backendsOf(run.choices).map(({ title, backend }) => run.step(title, () => backend.start(run, { postgres }))),
  ]);
  const stores = { databases, secrets: Object.assign(databaseSecrets(databases), ...secrets) as Secrets };
  await writeSecrets(run.instance, stores.secrets);
  await run.step("set-up", () => setUp(run.instance, resourceFolders(run.choices), run.signal));
  const settings = sidecarSettings(run, controlPlane);
  await run.step("services", () =>
    Promise.all(run.apps.map((app) => startApp(run, app, settings, databases.get(app.id)))),
  );
  return stores;
}

/** The Dapr that is used and, when it has one, the authority its parts trust. */
interface ControlPlane {
  dapr: DaprRuntime;
  sentry: Sentry | undefined;
}

async function startControlPlane(run: Run): Promise<ControlPlane> {
  const dapr = await run.step("Dapr runtime", () => findDapr(run.note, run.signal));
  return run.step("Dapr control plane", async () => {
    const sentry = await startSentry(run, dapr);
    const placement = await run.take("placement", ["api", "raft", "health", "metrics"]);
    const placed = placementProcess(run.instance, dapr.placement, placement, sentry);
    await run.start("components", placed, () => healthy(placement.health));
    const scheduler = await run.take("scheduler", ["api", "etcdClient", "etcdPeer", "health", "metrics"]);
    const scheduled = schedulerProcess(run.instance, dapr.scheduler, scheduler, sentry);
    await run.start("components", scheduled, () => healthy(scheduler.health));
    await Promise.all([run.system.ready("placement"), run.system.ready("scheduler")]);
    return { dapr, sentry };
  });
}

async function startSentry(run: Run, dapr: DaprRuntime): Promise<Sentry | undefined> {
  if (!dapr.sentry) {
    run.note(`Dapr ${dapr.version} has no sentry here: sidecars talk without mutual TLS`);
    return undefined;
  }
  const ports = await run.take("sentry", ["api", "health", "metrics"]);
  const spec = sentryProcess(run.instance, dapr.sentry, ports, configuration);
  await run.start("components", spec, () => healthy(ports.health));
  await run.system.ready("sentry");
  return sentryOn(run.instance, ports.api);
}

async function startPostgres(run: Run): Promise<string> {
  const external = externalPostgres();
  if (external) return external;
  const { postgres: password } = credentialsOf(run.instance, []);
  const { api } = await run.take("postgres", ["api"]);
  const url = adminUrl(api, password);
  await run.start("stores", await postgresProcess(run.instance, api, password), () => answersQuery(url));
  await run.system.ready("postgres");
  return url;
}

function makeDatabases(run: Run, admin: string): Promise<Map<string, ServiceDatabase>> {
  const services = run.apps.filter((app) => app.database).map((app) => app.id);
  return ensureDatabases(admin, run.instance.name, services, credentialsOf(run.instance, services));
}

function databaseSecrets(databases: Map<string, ServiceDatabase>): Secrets {
  const entries = [...databases].map(([service, { connectionString }]) => [`${service}-db`, { connectionString }]);
  return Object.fromEntries(entries) as Secrets;
}

function sidecarSettings(run: Run, { dapr, sentry }: ControlPlane): SidecarSettings {
  const shared = ["base", "secrets/local"].map((folder) => join(resources, folder));
  const chosen = resourceFolders(run.choices).filter((folder) => existsSync(folder));
  return {
    program: dapr.daprd,
    resources: [...shared, ...chosen, ...run.extraResources],
    configuration,
    placement: `${loopback}:${run.ports.of("placement.api")}`,
    scheduler: `${loopback}:${run.ports.of("scheduler.api")}`,
    sentry,
    tokens: { dapr: "", app: "" },
  };
}

async function startApp(
  run: Run,
  app: App,
  shared: SidecarSettings,
  database: ServiceDatabase | undefined,
): Promise<void> {
  const tokens = { dapr: randomSecret(), app: randomSecret() };
  // The app's own port goes free with its sidecar's: a held one would look to the sidecar like an app that listens.
  const ports = await run.take(sidecarOf(app), ["app", "http", "grpc", "internal", "metrics"]);
  const { metrics } = await run.take(app.id, ["metrics"]);
  const sidecarReady = () => answersOk(sidecarHealth(ports), { "dapr-api-token": tokens.dapr });
  const appReady = () => appAnswers(run, app, ports, sidecarReady);
  await run.start("sidecars", sidecarProcess(run.instance, app, ports, { ...shared, tokens }), sidecarReady);
  if (database) await migrate(run.instance, database, run.signal);
  const settings = { ports, metricsPort: metrics, httpPort: run.httpPort, tokens, logLevel: run.logLevel };
  await run.start(app.http ? "front" : "services", appProcess(run.instance, app, settings), appReady);
  await Promise.all([run.system.ready(app.id), run.system.ready(sidecarOf(app))]);
}

async function appAnswers(
  run: Run,
  app: App,
  ports: SidecarPorts,
  sidecarReady: () => Promise<boolean>,
): Promise<boolean> {
  if (!(await isListening({ port: ports.app, host: loopback }))) return false;
  if (!(await sidecarReady())) return false;
  return !app.http || answersOk(`http://${loopback}:${run.httpPort}/readyz`);
}

function healthy(port: number): Promise<boolean> {
  return answersOk(`http://${loopback}:${port}/healthz`);
}
