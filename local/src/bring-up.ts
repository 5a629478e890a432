import { join } from "node:path";
import { resourceFolders } from "./backends/choices.ts";
import { backendsOf } from "./backends/table.ts";
import { checkNames, checkSecrets, declaredIn } from "./diagnosis/declared.ts";
import { misconfigurationOf } from "./diagnosis/misconfiguration.ts";
import { placementProcess, type Sentry, schedulerProcess, sentryOn, sentryProcess } from "./parts/control-plane.ts";
import { type DaprRuntime, findDapr } from "./parts/dapr.ts";
import { ensureDatabases, type ServiceDatabase } from "./parts/databases.ts";
import { adminUrl, answersQuery, externalPostgres, postgresProcess } from "./parts/postgres.ts";
import { setUp } from "./parts/set-up.ts";
import type { SidecarSettings } from "./parts/sidecar.ts";
import { answersOk } from "./process/readiness.ts";
import type { Run } from "./run.ts";
import { credentialsOf } from "./secrets/credentials.ts";
import { type Secrets, secretsFile, writeSecrets } from "./secrets/secrets.ts";
import { startApps } from "./start-apps.ts";
import { StartError } from "./start-error.ts";

const loopback = "127.0.0.1";
const configurationOf = ({ resourcesRoot }: Run) => join(resourcesRoot, "config/local.yaml");

/** The stores of a run, for the rest of the run. */
export interface Stores {
  databases: Map<string, ServiceDatabase>;
  secrets: Secrets;
  /** The URL of each replica of the gateway. */
  gatewayUrls: string[];
}

/** Starts all processes of a run, independent ones concurrently, and waits until all are ready. */
export async function bringUp(run: Run): Promise<Stores> {
  const folders = sidecarFolders(run);
  const declared = declaredIn(folders);
  checkNames(declared);
  const postgres = run.step("PostgreSQL", () => startPostgres(run));
  const [controlPlane, databases, ...chosen] = await Promise.all([
    startControlPlane(run),
    postgres.then((admin) => makeDatabases(run, admin)),
    ...backendsOf(run.choices).map(({ title, backend }) => run.step(title, () => backend.start(run, { postgres }))),
  ]);
  const stores = Object.assign(databaseSecrets(databases), ...chosen) as Secrets;
  const secrets = await writeSecrets(run.instance, stores);
  const settings = sidecarSettings(run, folders, controlPlane);
  const appIds = run.apps.map(({ id }) => id);
  checkSecrets(declared, appIds, secrets, secretsFile(run.instance));
  await run.step("set-up", () => setUp(run.instance, resourceFolders(run.choices, run.resourcesRoot), run.signal));
  const gatewayUrls = await run.step("services", () => startApps(run, settings, databases));
  const misconfigured = misconfigurationOf(run.system);
  if (misconfigured) throw misconfigured;
  return { databases, secrets, gatewayUrls };
}

/** Brokers for which our build of Dapr has bug fixes. */
const patchedBrokers: readonly string[] = ["rabbitmq", "jetstream"];

/** The Dapr in use and, if it has one, its certificate authority. */
interface ControlPlane {
  dapr: DaprRuntime;
  sentry: Sentry | undefined;
}

async function startControlPlane(run: Run): Promise<ControlPlane> {
  const dapr = await run.step("Dapr runtime", () => findDapr(run.note, run.signal));
  if (!dapr.ours && patchedBrokers.includes(run.choices.broker)) {
    run.note(`Dapr ${dapr.version} is not our build: it may lose events of ${run.choices.broker} (docs/brokers.md)`);
  }
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
    run.note(`Dapr ${dapr.version} has no sentry: sidecars run without mutual TLS`);
    return undefined;
  }
  const ports = await run.take("sentry", ["api", "health", "metrics"]);
  const spec = sentryProcess(run.instance, dapr.sentry, ports, configurationOf(run));
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
  const probe = () => answersQuery(url).catch(explainOldData);
  await run.start("stores", await postgresProcess(run.instance, api, password), probe);
  await run.system.ready("postgres");
  return url;
}

/** Started by root, PostgreSQL has its data outside the checkout (local/README.md), so the data may outlive it. */
function explainOldData(error: Error & { code?: string }): never {
  if (error.code !== "28P01") throw error;
  throw new StartError(
    "PostgreSQL's data is of an earlier checkout in this folder, and has another password: delete it with npm start -- --reset",
  );
}

function makeDatabases(run: Run, admin: string): Promise<Map<string, ServiceDatabase>> {
  const services = run.apps.filter((app) => app.database).map((app) => app.id);
  return ensureDatabases(admin, run.instance.name, services, credentialsOf(run.instance, services));
}

function databaseSecrets(databases: Map<string, ServiceDatabase>): Secrets {
  const entries = [...databases].map(([service, { connectionString }]) => [`${service}-db`, { connectionString }]);
  return Object.fromEntries(entries) as Secrets;
}

function sidecarFolders(run: Run): string[] {
  const shared = ["base", "secrets/local"].map((folder) => join(run.resourcesRoot, folder));
  return [...shared, ...resourceFolders(run.choices, run.resourcesRoot), ...run.extraResources];
}

function sidecarSettings(
  run: Run,
  folders: readonly string[],
  { dapr, sentry }: ControlPlane,
): Omit<SidecarSettings, "tokens"> {
  return {
    program: dapr.daprd,
    resources: folders,
    configuration: configurationOf(run),
    placement: `${loopback}:${run.ports.of("placement.api")}`,
    scheduler: `${loopback}:${run.ports.of("scheduler.api")}`,
    sentry,
  };
}

function healthy(port: number): Promise<boolean> {
  return answersOk(`http://${loopback}:${port}/healthz`);
}
