import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ensureDatabases } from "@sidecart/local/parts/databases";
import { migrate } from "@sidecart/local/parts/migrations";
import { adminUrl, answersQuery, postgresProcess } from "@sidecart/local/parts/postgres";
import type { ManagedProcess } from "@sidecart/local/process/managed-process";
import { credentialsOf } from "@sidecart/local/secrets/credentials";
import { StoreRun } from "../../support/store.ts";
import { foreignKey, type SigningKey } from "../../support/tokens.ts";
import type { PrepareOptions, System } from "../adapter.ts";
import { closeDatabases, type Databases, openDatabases, readBooks, restore, setStock } from "../sidecart/books.ts";
import { fillCatalog, fillOrders } from "../sidecart/fill.ts";
import { signTokens } from "../sidecart/tokens.ts";
import type { World } from "../sidecart/world.ts";

const services = ["catalog", "orders"];

export type DirectSystem = System<World> & { databases: Databases };

/** Starts the process with a separate PostgreSQL, and the same tables and data as our services. */
export async function startDirect({ size }: Pick<PrepareOptions, "size">): Promise<DirectSystem> {
  const run = await StoreRun.begin();
  const { postgres, urlOf } = await startStore(run);
  await fillCatalog(urlOf("catalog"), size);
  await fillOrders(urlOf("orders"), size);
  const key = await foreignKey();
  const { server, url } = await startServer(urlOf, key);
  const databases = openDatabases(urlOf);
  const pids: [string, ManagedProcess | ChildProcess][] = [
    ["direct", server],
    ["postgres", postgres],
  ];
  return {
    world: { url, size, tokens: await signTokens(key, size) },
    databases,
    processes: () => new Map(pids.map(([name, { pid }]) => [name, pid ?? 0])),
    settled: async () => {},
    // Its events have no subscribers.
    audit: async () => ({ ...(await readBooks(databases, size)), handled: undefined }),
    stock: (product, units) => setStock(databases, product, units),
    restore: () => restore(databases, size),
    async stop() {
      server.kill();
      await once(server, "exit");
      await closeDatabases(databases);
      await run.stop();
    },
  };
}

type UrlOf = (service: string) => string;

async function startStore(run: StoreRun): Promise<{ postgres: ManagedProcess; urlOf: UrlOf }> {
  const credentials = credentialsOf(run.instance, services);
  const port = await run.port("postgres", "api");
  const admin = adminUrl(port, credentials.postgres);
  const spec = await postgresProcess(run.instance, port, credentials.postgres);
  const postgres = await run.start(spec, () => answersQuery(admin));
  const databases = await ensureDatabases(admin, run.instance.name, services, credentials);
  for (const database of databases.values()) await migrate(run.instance, database);
  return { postgres, urlOf: (service) => databases.get(service)?.ownerUrl ?? "" };
}

async function startServer(urlOf: UrlOf, { publicJwk, kid }: SigningKey) {
  const server = fork(join(import.meta.dirname, "main.ts"), {
    env: {
      PATH: process.env.PATH,
      CATALOG_URL: urlOf("catalog"),
      ORDERS_URL: urlOf("orders"),
      JWKS: JSON.stringify({ keys: [{ ...publicJwk, kid }] }),
    },
  });
  const [url] = (await once(server, "message")) as [string];
  return { server, url };
}
