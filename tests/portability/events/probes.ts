import { randomUUID } from "node:crypto";
import type { App } from "@sidecart/local/apps";
import type { Launched, LaunchOptions } from "@sidecart/local/launch";
import { background, connectSidecar } from "@sidecart/platform/rpc";
import pg from "pg";
import type { Test } from "tap";
import { ask } from "../../support/books.ts";
import { behindSidecar, environmentOf } from "../../support/direct.ts";
import { startSystem } from "../../support/system.ts";
import { foreignKey, goodClaims, sign } from "../../support/tokens.ts";
import { ProbeService } from "../probe/probe-service.ts";
import { probeTables, type Written } from "../probe/records.ts";
import { scopesOf } from "./scopes.ts";

export type Broker = NonNullable<LaunchOptions["broker"]>;
const services = ["accounts", "catalog", "orders"] as const;
export type Service = (typeof services)[number];

const entry = "tests/portability/probe/main.ts";
const apps: readonly App[] = [...services.map((id) => ({ id, entry, database: true })), { id: "gateway", entry }];
const replicas = { catalog: 2, gateway: 2 };

export type Probes = Awaited<ReturnType<typeof startProbes>>;

/** The launcher's real system on a broker, with probes instead of our apps. */
export async function startProbes(t: Test, broker: Broker) {
  const { publishes, hears } = scopesOf(broker);
  const key = await foreignKey();
  const steps = new Map<string, number>();
  const env = environments(broker, JSON.stringify({ keys: [{ ...key.publicJwk, kid: key.kid }] }));
  const system = await startSystem(t, {
    broker,
    apps,
    replicas,
    env,
    onStep: ({ name, ms }) => void steps.set(name, ms),
  });
  const databases = await openDatabases(t, system);
  const query = async <T>(service: Service, text: string, values: unknown[] = []): Promise<T[]> => {
    const { rows } = (await databases.get(service)?.query(text, values)) ?? { rows: [] };
    return rows as T[];
  };
  const hearers = (topic: string) => services.filter((service) => hears.get(service)?.includes(topic));
  const publisher = (topic: string) => {
    const found = services.find((service) => publishes.get(service)?.includes(topic));
    if (!found) throw new Error(`nobody publishes ${topic}`);
    return found;
  };
  const admin = behindSidecar(t, system);
  return {
    broker,
    system,
    steps,
    services,
    query,
    hearers,
    publisher,
    /** A service's operator methods, called through the gateway's sidecar. */
    ops: (service: Service) => admin.ops(service),
    /** A new token of an admin, because a run may take longer than a token is valid. */
    token: () => sign(key, goodClaims(randomUUID(), ["admin"])),
    ...controls(t, system),
    /** The name of the process with a pid. */
    nameOf(pid: number): string {
      const found = [...system.processes.values()].find((process) => process.pid === pid);
      if (!found) throw new Error(`no process has the pid ${pid} any more`);
      return found.name;
    },
    /** Starts the processes that have exited. */
    async revive(): Promise<void> {
      const ended = [...system.processes.values()].filter(({ running }) => !running);
      await Promise.all(ended.map(({ name }) => system.start(name, env[name])));
    },
    /** Restarts a process with `more` in its environment. */
    restart: (name: string, more: Record<string, string> = {}) => system.restart(name, { ...env[name], ...more }),
  };
}

/** The environment of each process. */
function environments(broker: Broker, jwks: string): Record<string, Record<string, string>> {
  const { publishes, hears } = scopesOf(broker);
  const everyReplica = scopesOf(broker, "broadcast");
  const names = Object.keys(replicas).map((id) => [`${id}-2`, id] as const);
  const environment = (id: string) => {
    const [digest] = everyReplica.publishes.get(id) ?? [];
    return {
      PROBE_JWKS: jwks,
      PROBE_TOPICS: String((id === "gateway" ? everyReplica.hears : hears).get(id) ?? ""),
      PROBE_PUBLISHES: String(publishes.get(id) ?? ""),
      ...(digest && { PROBE_DIGEST: digest }),
    };
  };
  const processes = [...apps.map(({ id }) => [id, id] as const), ...names];
  return Object.fromEntries(processes.map(([name, id]) => [name, environment(id)]));
}

/** A pool for each service's database. Creates the probes' tables in it. */
async function openDatabases(t: Test, system: Launched): Promise<Map<Service, pg.Pool>> {
  const databases = new Map<Service, pg.Pool>();
  for (const service of services) {
    await ask(system.databaseUrl(service), probeTables);
    const pool = new pg.Pool({ connectionString: system.databaseUrl(service), max: 2 });
    pool.on("error", () => {});
    t.teardown(() => pool.end());
    databases.set(service, pool);
  }
  return databases;
}

/** A test's calls to the probes, past their sidecars. */
function controls(t: Test, system: Launched) {
  const open = new Map<string, ReturnType<typeof connectSidecar>>();
  t.teardown(() => {
    for (const client of open.values()) client.close();
  });
  const at = (name: string) => {
    const { SIDECART_APP_PORT, APP_API_TOKEN } = environmentOf(system, name);
    const client = open.get(name) ?? connectSidecar({ port: Number(SIDECART_APP_PORT), apiToken: APP_API_TOKEN });
    open.set(name, client);
    return client.service(ProbeService, name);
  };
  return {
    /** Commits events in one statement and wakes the relay, as a service does. */
    async write(service: Service, events: Written[]): Promise<void> {
      const { value } = await at(service).publish({ value: JSON.stringify({ events }) }, background(10_000));
      const { refused } = JSON.parse(value) as { refused?: string };
      if (refused) throw new Error(refused);
    },
    /** Releases a held delivery; false if the process holds none. */
    async release(name: string, id: string): Promise<boolean> {
      const { value } = await at(name).release({ value: JSON.stringify({ id }) }, background(5_000));
      return JSON.parse(value).released;
    },
    /** The events of a run that a gateway replica has received, from its memory. */
    async heard(name: string, run: string): Promise<string[]> {
      const { value } = await at(name).heard({ value: JSON.stringify({ run }) }, background(5_000));
      return JSON.parse(value).ids;
    },
  };
}
