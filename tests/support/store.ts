import { rm } from "node:fs/promises";
import { join } from "node:path";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { checkout, clearLastRun, type Instance, instanceAt, makeFolder } from "@sidecart/local/instance";
import { findDapr } from "@sidecart/local/parts/dapr";
import { ensureDatabases, type ServiceDatabase } from "@sidecart/local/parts/databases";
import { migrate } from "@sidecart/local/parts/migrations";
import { componentProcess, componentSocket } from "@sidecart/local/parts/node-programs";
import { adminUrl, answersQuery, postgresFolder, postgresProcess } from "@sidecart/local/parts/postgres";
import { answersPing, type Redis, redisProcess } from "@sidecart/local/parts/redis";
import { findRedisServer } from "@sidecart/local/parts/redis-server";
import { sidecarHealth, sidecarProcess } from "@sidecart/local/parts/sidecar";
import { ManagedProcess, type ProcessSpec } from "@sidecart/local/process/managed-process";
import { Ports } from "@sidecart/local/process/ports";
import { answersOk, isListening, type Probe, untilReady } from "@sidecart/local/process/readiness";
import { credentialsOf } from "@sidecart/local/secrets/credentials";
import { randomSecret, writePrivate } from "@sidecart/local/secrets/private-file";
import { secretsFile } from "@sidecart/local/secrets/secrets";
import { type Database, database } from "@sidecart/platform/database";
import { type Dispatcher, daprCallbacks, type WrittenRow } from "@sidecart/platform/events";
import { connectSidecar, type Sidecar, startAppServer } from "@sidecart/platform/rpc";
import { pubsubName } from "@sidecart/platform/run";
import { createLogger, type Logger } from "@sidecart/platform/telemetry";
import pg from "pg";
import type { Test } from "tap";
import { eventually } from "./eventually.ts";
import { temporaryHome } from "./temporary-home.ts";

const loopback = "127.0.0.1";

/** A service's database behind its real component in a real sidecar. This process is the sidecar's app. */
export type Store = {
  database: Database;
  /** Gets the events that statements write, in place of a relay. */
  written: { kicks: number; rows: WrittenRow[] };
  sidecar: Sidecar;
  log: Logger;
  /** A connection of the database's owner, past the sidecar, to prepare and check data. */
  query<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  /** A further connection of the owner, for a test that needs its own session, such as to hold a lock. */
  connect(): Promise<pg.Client>;
  /** Waits until this number of statements wait for a lock. */
  untilBlocked(statements?: number): Promise<void>;
  /** The role of the sidecar's connections. */
  runtimeRole: string;
  /** The broker's Redis, if there is a broker. */
  redis?: Redis | undefined;
};

export type StoreOptions = {
  /** Handles deliveries. With it the sidecar has the real broker, on its own Redis. */
  dispatcher?: (store: Store) => Dispatcher;
  /** The sidecar has the embedded search engine. */
  search?: boolean;
};

/** Starts PostgreSQL, migrated for `service`, and the service's sidecar. They stop when the test ends. */
export async function startStore(
  t: Pick<Test, "teardown">,
  service: string,
  { dispatcher, search = false }: StoreOptions = {},
): Promise<Store> {
  setLogVerbosity(logVerbosity.NONE);
  const run = await StoreRun.begin();
  t.teardown(() => run.stop());
  const [own, redis] = await Promise.all([
    startDatabase(run, service),
    dispatcher && startRedis(run),
    search && startSearch(run),
  ]);
  writePrivate(secretsFile(run.instance), {
    [`${service}-db`]: { connectionString: own.connectionString },
    ...(redis && { redis: { host: `${redis.host}:${redis.port}`, password: redis.password, enableTLS: "false" } }),
  });
  const folders = [...(dispatcher ? ["broker/redis"] : []), ...(search ? ["search/embedded"] : [])];
  return { ...(await startSidecar(run, own, folders, dispatcher)), redis };
}

/** The processes of one store. They stop in reverse order. */
export class StoreRun {
  readonly instance: Instance;
  readonly #ports = new Ports();
  readonly #ends: (() => Promise<unknown> | unknown)[] = [];

  private constructor(instance: Instance) {
    this.instance = instance;
  }

  static async begin(): Promise<StoreRun> {
    const home = await temporaryHome("store");
    const instance = instanceAt("test", home);
    await makeFolder(instance);
    await clearLastRun(instance);
    const run = new StoreRun(instance);
    run.onStop(async () => {
      const { folder } = await postgresFolder(instance);
      for (const path of [folder, home, instance.sockets]) await rm(path, { recursive: true, force: true });
    });
    return run;
  }

  /** A free port, held until the process `owner` starts or `free` is called. */
  port(owner: string, purpose: string): Promise<number> {
    return this.#ports.hold(`${owner}.${purpose}`);
  }

  free(owner: string): Promise<void> {
    return this.#ports.release(`${owner}.`);
  }

  async start(spec: ProcessSpec, probe: Probe): Promise<ManagedProcess> {
    await this.free(spec.name);
    const started = new ManagedProcess(spec);
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill);
    this.onStop(async () => {
      await started.stop();
      process.off("exit", kill);
    });
    started.start();
    await untilReady(started, probe);
    return started;
  }

  onStop(end: () => Promise<unknown> | unknown): void {
    this.#ends.unshift(end);
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

async function startDatabase(run: StoreRun, service: string): Promise<ServiceDatabase> {
  const credentials = credentialsOf(run.instance, [service]);
  const port = await run.port("postgres", "api");
  const url = adminUrl(port, credentials.postgres);
  await run.start(await postgresProcess(run.instance, port, credentials.postgres), () => answersQuery(url));
  const own = (await ensureDatabases(url, run.instance.name, [service], credentials)).get(service);
  if (!own) throw new Error(`no database for ${service}`);
  await migrate(run.instance, own);
  await setTimeZone(own);
  return own;
}

/** A time zone in which a statement that depends on the session's time zone fails. */
async function setTimeZone({ ownerUrl, database: name }: ServiceDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`alter database ${pg.escapeIdentifier(name)} set timezone to 'Pacific/Chatham'`);
  await client.end();
}

async function startRedis(run: StoreRun): Promise<Redis> {
  const redis = { host: loopback, port: await run.port("redis", "api"), username: "", password: randomSecret() };
  const program = await findRedisServer(() => {});
  await run.start(await redisProcess(run.instance, program, redis), () => answersPing(redis));
  return redis;
}

async function startSearch(run: StoreRun): Promise<void> {
  const name = "embedded-search";
  const path = componentSocket(run.instance, name);
  await run.start(componentProcess(run.instance, name, "warn"), () => isListening({ path }));
}

/** `chosen`: the folders of the resources that not every sidecar has. */
async function startSidecar(
  run: StoreRun,
  own: ServiceDatabase,
  chosen: readonly string[],
  dispatcher: StoreOptions["dispatcher"],
) {
  const app = { id: own.service, entry: "" };
  const name = `${app.id}-dapr`;
  const ports = {
    app: await run.port(app.id, "app"),
    http: await run.port(name, "http"),
    grpc: await run.port(name, "grpc"),
    internal: await run.port(name, "internal"),
    metrics: await run.port(name, "metrics"),
  };
  const tokens = { dapr: randomSecret(), app: randomSecret() };
  const resources = join(checkout, "components/resources");
  const folders = ["base", "secrets/local", ...chosen];
  const spec = sidecarProcess(run.instance, { app, name: app.id }, ports, {
    program: (await findDapr(() => {})).daprd,
    resources: folders.map((folder) => join(resources, folder)),
    configuration: join(resources, "config/local.yaml"),
    placement: "",
    scheduler: "",
    sentry: undefined,
    tokens,
  });
  const sidecar = connectSidecar({ port: ports.grpc, apiToken: tokens.dapr });
  run.onStop(() => sidecar.close());
  const store = await describe(run, own, sidecar);
  await run.free(app.id);
  const server = await startAppServer({
    host: loopback,
    port: ports.app,
    appToken: tokens.app,
    timeoutMs: 10_000,
    log: store.log,
    implementations: daprCallbacks({
      dispatcher: dispatcher?.(store),
      pubsub: pubsubName,
      appId: app.id,
      isOpen: () => true,
    }),
  });
  run.onStop(() => server.close(1_000));
  await run.start(spec, () => answersOk(sidecarHealth(ports), { "dapr-api-token": tokens.dapr }));
  return store;
}

async function describe(run: StoreRun, own: ServiceDatabase, sidecar: Sidecar): Promise<Store> {
  const connect = async () => {
    const client = new pg.Client({ connectionString: own.ownerUrl });
    client.on("error", () => {});
    await client.connect();
    run.onStop(() => client.end());
    return client;
  };
  const client = await connect();
  const written: Store["written"] = { kicks: 0, rows: [] };
  const query = async <T>(text: string, values: unknown[] = []) => (await client.query(text, values)).rows as T[];
  return {
    database: database(sidecar, `${own.service}-db`, {
      kick: () => {
        written.kicks += 1;
      },
      publish: (rows) => void written.rows.push(...rows),
    }),
    written,
    sidecar,
    log: createLogger("test", process.env.SIDECART_LOG_LEVEL ?? "silent"),
    query,
    connect,
    async untilBlocked(statements = 1) {
      await eventually(`${statements} statements to wait for a lock`, async () => {
        return (await query("select from pg_locks where not granted")).length >= statements;
      });
    },
    runtimeRole: own.runtimeRole,
  };
}
