import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { apps as allApps } from "./apps.ts";
import { stateDatabase } from "./backends/postgresql.ts";
import { bringUp } from "./bring-up.ts";
import { misconfigurationOf } from "./diagnosis/misconfiguration.ts";
import { clearLastRun, type Instance, instanceAt, makeFolder } from "./instance.ts";
import type { LaunchOptions } from "./launch-options.ts";
import { dropDatabases } from "./parts/databases.ts";
import { externalPostgres, removePostgresData } from "./parts/postgres.ts";
import type { Exit, ManagedProcess } from "./process/managed-process.ts";
import { deathOf } from "./process/readiness.ts";
import { RunRecord } from "./process/run-record.ts";
import { Run } from "./run.ts";
import type { Secrets } from "./secrets/secrets.ts";
import type { StartError } from "./start-error.ts";
import { System } from "./system.ts";

export type { LaunchOptions } from "./launch-options.ts";

// RabbitMQ takes about three seconds.
const stopWithinMs = 10_000;

/** A running system. It keeps running when one of its processes exits: listen with `onExit`. */
export interface Launched {
  gatewayUrl: string;
  /** One URL for each replica; the first is `gatewayUrl`. */
  gatewayUrls: readonly string[];
  instanceDir: string;
  redisUrl: string;
  /** Addresses and passwords of the stores, as in the secret store. */
  secrets: Secrets;
  /**
   * By name: `postgres`, `redis`, `placement`, `scheduler`, `embedded-search`, `<app>` and `<app>-dapr`, and the
   * servers of the choices; further replicas are `<app>-2` and `<app>-2-dapr`.
   */
  processes: ReadonlyMap<string, ManagedProcess>;
  /** The URL of a service's database, for its owner role. */
  databaseUrl(service: string): string;
  /** Sends a signal, SIGKILL by default, to one process and waits until it exits. */
  kill(name: string, signal?: NodeJS.Signals): Promise<Exit>;
  /** Starts a process that has exited, with `env` added to its environment (undefined: left out), and waits until it is ready. */
  start(name: string, env?: NodeJS.ProcessEnv): Promise<void>;
  restart(name: string, env?: NodeJS.ProcessEnv): Promise<void>;
  onExit(listener: (exit: Exit) => void): void;
  /** The error that its sidecars report about a component, if any. */
  misconfiguration(): StartError | undefined;
  /** Stops all processes in order, within 10 s. Returns the names of those that it had to kill. */
  stop(): Promise<string[]>;
}

/** Starts an instance and waits until it is ready. On failure it first stops all processes that it has started. */
export async function launch(options: LaunchOptions = {}): Promise<Launched> {
  const instance = instanceAt(options.instance ?? "default", options.home);
  await makeFolder(instance);
  const { record, leftovers } = await RunRecord.claim(instance.folder, instance.name);
  if (leftovers.length > 0) options.onNote?.(`stopped processes that an earlier run left: ${leftovers.join(", ")}`);
  const system = new System(instance, record);
  const stop = () => void system.stop();
  options.signal?.addEventListener("abort", stop);
  options.killSignal?.addEventListener("abort", () => system.kill());
  try {
    if (options.reset) await forget(instance, options);
    await clearLastRun(instance);
    options.onInstance?.(instance);
    options.signal?.throwIfAborted();
    const run = await Run.prepare(system, options);
    const stores = await Promise.race([bringUp(run), firstDeath(system)]);
    options.signal?.throwIfAborted();
    const launched = describe(run, stores);
    system.announce(launched.gatewayUrl);
    return launched;
  } catch (error) {
    await system.stop();
    // An app may notice earlier than we do that its sidecar has exited.
    throw options.signal?.aborted ? error : (misconfigurationOf(system) ?? error);
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

type Stores = Awaited<ReturnType<typeof bringUp>>;

function describe({ system, instance, httpPort }: Run, stores: Stores): Launched {
  const start = (name: string, env?: NodeJS.ProcessEnv) => {
    system.start(name, env);
    return system.ready(name);
  };
  const kill = (name: string, signal: NodeJS.Signals = "SIGKILL") => {
    const process = system.process(name);
    process.kill(signal);
    return process.exited;
  };
  return {
    gatewayUrl: `http://127.0.0.1:${httpPort}`,
    gatewayUrls: stores.gatewayUrls,
    instanceDir: instance.folder,
    redisUrl: stores.secrets.redis?.url ?? "",
    secrets: stores.secrets,
    processes: system.processes,
    databaseUrl: (service) => {
      const database = stores.databases.get(service);
      if (!database) throw new Error(`${service} has no database`);
      return database.ownerUrl;
    },
    kill,
    start,
    restart: async (name, env) => {
      if (system.process(name).running) await system.process(name).stop(stopWithinMs);
      await start(name, env);
    },
    onExit: (listener) => system.onExit(listener),
    misconfiguration: () => misconfigurationOf(system),
    stop: () => system.stop(),
  };
}

function firstDeath(system: System): Promise<never> {
  const death = new Promise<never>((_, reject) => {
    system.onExit((exit) => {
      if (!exit.expected) reject(deathOf(system.process(exit.name), exit));
    });
  });
  death.catch(() => {});
  return death;
}

/** Deletes an instance's data, secrets and logs; on an external PostgreSQL only the instance's databases. */
async function forget(instance: Instance, { apps = allApps }: LaunchOptions): Promise<void> {
  const external = externalPostgres();
  const services = apps.filter((app) => app.database).map((app) => app.id);
  if (external) await dropDatabases(external, instance.name, [...services, stateDatabase]);
  await removePostgresData(instance);
  const kept = ["run.json", "ports.json"];
  const entries = (await readdir(instance.folder)).filter((name) => !kept.includes(name));
  await Promise.all(entries.map((name) => rm(join(instance.folder, name), { recursive: true, force: true })));
}
