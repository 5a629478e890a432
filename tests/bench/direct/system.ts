import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ensureDatabases } from "@sidecart/local/parts/databases";
import { migrate } from "@sidecart/local/parts/migrations";
import { adminUrl, answersQuery, postgresProcess } from "@sidecart/local/parts/postgres";
import { credentialsOf } from "@sidecart/local/secrets/credentials";
import { StoreRun } from "../../support/store.ts";
import { foreignKey } from "../../support/tokens.ts";
import type { PrepareOptions, System } from "../adapter.ts";
import { closeDatabases, openDatabases, readBooks, restore, setStock } from "../sidecart/books.ts";
import { fillCatalog, fillOrders } from "../sidecart/fill.ts";
import { signTokens } from "../sidecart/tokens.ts";
import type { World } from "../sidecart/world.ts";

const services = ["catalog", "orders"];

/** Starts the one process on a PostgreSQL of its own, with the tables and the data that our services have. */
export async function startDirect({ size }: PrepareOptions): Promise<System<World>> {
  const run = await StoreRun.begin();
  const credentials = credentialsOf(run.instance, services);
  const port = await run.port("postgres", "api");
  const admin = adminUrl(port, credentials.postgres);
  const postgres = await run.start(await postgresProcess(run.instance, port, credentials.postgres), () =>
    answersQuery(admin),
  );
  const made = await ensureDatabases(admin, run.instance.name, services, credentials);
  for (const database of made.values()) await migrate(run.instance, database);
  const urlOf = (service: string) => made.get(service)?.ownerUrl ?? "";
  await fillCatalog(urlOf("catalog"), size);
  await fillOrders(urlOf("orders"), size);
  const key = await foreignKey();
  const server = fork(join(import.meta.dirname, "main.ts"), {
    env: {
      PATH: process.env.PATH,
      CATALOG_URL: urlOf("catalog"),
      ORDERS_URL: urlOf("orders"),
      JWKS: JSON.stringify({ keys: [{ ...key.publicJwk, kid: key.kid }] }),
    },
  });
  const [url] = (await once(server, "message")) as [string];
  const databases = openDatabases(urlOf);
  return {
    world: { url, size, tokens: await signTokens(key, size) },
    processes: () =>
      new Map([
        ["direct", server.pid ?? 0],
        ["postgres", postgres.pid ?? 0],
      ]),
    settled: async () => {},
    // Nobody hears its events.
    audit: async () => ({ ...(await readBooks(databases, size)), handled: undefined }),
    stock: (product, units) => setStock(databases, product, units),
    restore: () => restore(databases, size),
    async stop() {
      server.kill();
      await closeDatabases(databases);
      await run.stop();
    },
  };
}
