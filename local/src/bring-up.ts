import { join } from "node:path";
import { type App, sidecarOf } from "./apps.ts";
import { checkout } from "./instance.ts";
import { placementProcess, type Sentry, schedulerProcess, sentryOn, sentryProcess } from "./parts/control-plane.ts";
import { type DaprRuntime, findDapr } from "./parts/dapr.ts";
import { ensureDatabases, type ServiceDatabase } from "./parts/databases.ts";
import { migrate } from "./parts/migrations.ts";
import { appProcess, componentProcess, componentSocket } from "./parts/node-programs.ts";
import { adminUrl, answersQuery, postgresProcess } from "./parts/postgres.ts";
import { answersPing, type Redis, redisFromUrl, redisProcess } from "./parts/redis.ts";
import { findRedisServer } from "./parts/redis-server.ts";
import { type SidecarPorts, type SidecarSettings, sidecarHealth, sidecarProcess } from "./parts/sidecar.ts";
import { answersOk, isListening } from "./process/readiness.ts";
import type { Run } from "./run.ts";
import { credentialsOf } from "./secrets/credentials.ts";
import { randomSecret } from "./secrets/private-file.ts";
import { writeSecrets } from "./secrets/secrets.ts";
import { StartError } from "./start-error.ts";

const loopback = "127.0.0.1";
const resources = join(checkout, "components/resources");
const configuration = join(resources, "config/local.yaml");

/** What the rest of a run needs to know of its stores. */
export interface Stores {
  databases: Map<string, ServiceDatabase>;
  redis: Redis;
}

/** Starts everything of a run, what is independent at the same time, and waits until all of it is ready. */
export async function bringUp(run: Run): Promise<Stores> {
  const [controlPlane, databases, redis] = await Promise.all([
    startControlPlane(run),
    run.step("PostgreSQL", () => startPostgres(run)),
    run.step("Redis", () => startRedis(run)),
    run.step("search component", () => startSearch(run)),
  ]);
  await writeSecrets(run.instance, databases.values(), redis, searchUrl(run));
  const settings = sidecarSettings(run, controlPlane);
  await run.step("services", () =>
    Promise.all(run.apps.map((app) => startApp(run, app, settings, databases.get(app.id)))),
  );
  return { databases, redis };
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

async function startPostgres(run: Run): Promise<Map<string, ServiceDatabase>> {
  const services = run.apps.filter((app) => app.database).map((app) => app.id);
  const credentials = credentialsOf(run.instance, services);
  const external = process.env.DATABASE_URL;
  let admin = external;
  if (!admin) {
    const { api } = await run.take("postgres", ["api"]);
    const url = adminUrl(api, credentials.postgres);
    await run.start("stores", await postgresProcess(run.instance, api, credentials.postgres), () => answersQuery(url));
    await run.system.ready("postgres");
    admin = url;
  }
  return ensureDatabases(admin, run.instance.name, services, credentials);
}

async function startRedis(run: Run): Promise<Redis> {
  const external = process.env.REDIS_URL;
  if (external) {
    const redis = redisFromUrl(external);
    const answers = await answersPing(redis).catch(() => false);
    if (!answers)
      throw new StartError(`Redis at ${redis.host}:${redis.port} (REDIS_URL) does not answer or refuses the log-in`);
    return redis;
  }
  const program = await findRedisServer(run.note, run.signal);
  const { api } = await run.take("redis", ["api"]);
  const { redis: password } = credentialsOf(run.instance, []);
  const redis = { host: loopback, port: api, username: "", password };
  await run.start("stores", await redisProcess(run.instance, program, redis), () => answersPing(redis));
  await run.system.ready("redis");
  return redis;
}

async function startSearch(run: Run): Promise<void> {
  searchUrl(run);
  const name = run.backends.search === "embedded" ? "embedded-search" : "elasticsearch";
  const path = componentSocket(run.instance, name);
  await run.start("components", componentProcess(run.instance, name, run.logLevel), () => isListening({ path }));
  await run.system.ready(name);
}

function searchUrl(run: Run): string | undefined {
  if (run.backends.search === "embedded") return undefined;
  const url = process.env.ELASTICSEARCH_URL;
  if (!url) throw new StartError("--search elasticsearch needs ELASTICSEARCH_URL, such as http://127.0.0.1:9200");
  return url;
}

function sidecarSettings(run: Run, { dapr, sentry }: ControlPlane): SidecarSettings {
  const { broker, state, search } = run.backends;
  const chosen = ["base", `broker/${broker}`, `state/${state}`, `search/${search}`, "secrets/local"];
  return {
    program: dapr.daprd,
    resources: [...chosen.map((folder) => join(resources, folder)), ...run.extraResources],
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
