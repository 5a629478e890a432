import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { apps } from "@sidecart/local/apps";
import { type Launched, launch } from "@sidecart/local/launch";
import { findDapr } from "@sidecart/local/parts/dapr";
import pg from "pg";
import { eventually } from "../../support/eventually.ts";
import { admin, newCustomer } from "../../support/people.ts";
import { withoutQuotas } from "../../support/quotas.ts";
import { type Streams, streamsOf } from "../../support/streams.ts";
import { temporaryHome } from "../../support/temporary-home.ts";
import { systemKey } from "../../support/tokens.ts";
import type { PrepareOptions, System } from "../adapter.ts";
import type { Size } from "../data-set.ts";
import { pidsOf } from "../processes.ts";
import { inspectable } from "../profile.ts";
import { closeDatabases, type Databases, eventTimes, openDatabases, readBooks, restore, setStock } from "./books.ts";
import { fillAccounts, fillCatalog, fillOrders } from "./fill.ts";
import { signTokens } from "./tokens.ts";
import { keepsNothing, runUncached, uncached } from "./uncached.ts";
import type { World } from "./world.ts";

const settledWithinMs = 120_000;
const programs = [...apps.map(({ id }) => id), uncached, "embedded-search"];
/** As in production by default, no page of another origin has access. */
const ofGateway = {
  SIDECART_RATE_LIMIT: "1000000000",
  SIDECART_LOGIN_RATE_LIMIT: "1000000000",
  SIDECART_CORS_ORIGINS: "",
};
const needSearch = ["search", "suggest", "mixed"];

/**
 * Starts Sidecart on free ports, writes the data set directly to its databases, and builds the search index if needed.
 */
export async function startSidecart({ size, cases, profile, say }: PrepareOptions): Promise<System<World>> {
  const home = await temporaryHome("bench");
  const end = new AbortController();
  process.once("exit", () => {
    end.abort();
    rmSync(home, { recursive: true, force: true });
  });
  const env = environment(profile);
  const launched = await launch({
    instance: "bench",
    home,
    logLevel: "warn",
    killSignal: end.signal,
    replicas: { gateway: 2 },
    env,
  });
  await fill(launched, size);
  if (cases.some((name) => needSearch.includes(name))) {
    say("building the search index");
    await buildIndex(launched.gatewayUrl);
  }
  const databases = openDatabases(launched.databaseUrl);
  const ends: (() => unknown)[] = [];
  const streams = await streamsOf({ teardown: (end: () => unknown) => void ends.push(end) }, { system: launched });
  return {
    world: await worldOf(launched, size),
    versions: await versionsOf(databases),
    ...(profile && { logs: () => logsOf(launched) }),
    processes: () => pidsOf(launched),
    turnTo: (next) => runUncached(launched, next === "product-uncached", env[uncached] ?? {}, databases),
    settled: () => settled(databases, streams),
    audit: () => readBooks(databases, size),
    eventTimes: () => eventTimes(databases),
    stock: (product, units) => setStock(databases, product, units),
    restore: () => restore(databases, size),
    async stop() {
      for (const end of ends) end();
      await closeDatabases(databases);
      await launched.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function versionsOf({ catalog }: Databases): Promise<Record<string, string>> {
  const { rows } = await catalog.query("show server_version");
  return { PostgreSQL: rows[0].server_version, Dapr: (await findDapr(() => {})).version };
}

function logsOf({ processes }: Launched): Map<string, string> {
  return new Map(
    programs.flatMap((name) => {
      const program = processes.get(name);
      return program?.running ? [[name, program.spec.log]] : [];
    }),
  );
}

function environment(profile: boolean): Record<string, Record<string, string>> {
  const own: Record<string, Record<string, string>> = {
    gateway: ofGateway,
    orders: withoutQuotas,
    [uncached]: { ...ofGateway, ...keepsNothing },
  };
  return Object.fromEntries(programs.map((name) => [name, { ...own[name], ...(profile && inspectable) }]));
}

/** The accounts service hashes the password once. */
async function fill(launched: Launched, size: Size): Promise<void> {
  const { id } = await newCustomer(launched.gatewayUrl);
  const accounts = new pg.Client({ connectionString: launched.databaseUrl("accounts") });
  await accounts.connect();
  const { rows } = await accounts.query("select password_hash from credentials where account_id = $1", [id]);
  await accounts.end();
  await Promise.all([
    fillAccounts(launched.databaseUrl("accounts"), size, rows[0].password_hash),
    fillCatalog(launched.databaseUrl("catalog"), size),
    fillOrders(launched.databaseUrl("orders"), size),
  ]);
}

async function worldOf(launched: Launched, size: Size): Promise<World> {
  const [url = "", uncachedUrl = ""] = launched.gatewayUrls;
  return { url, uncachedUrl, size, tokens: await signTokens(await systemKey(launched), size) };
}

async function buildIndex(gatewayUrl: string): Promise<void> {
  const boss = await admin(gatewayUrl);
  const { reindex } = await boss.get<{ reindex: { index: string } }>("mutation { reindex { index } }");
  const query = "query($index: String!) { reindexProgress(index: $index) { state } }";
  type Progress = { reindexProgress: { state: string } };
  const live = async () => (await boss.get<Progress>(query, reindex)).reindexProgress.state === "LIVE";
  await eventually("the search index", live, 30 * 60_000);
}

/** Waits until the outboxes, the broker and the search queue are empty. */
async function settled({ catalog, orders }: Databases, { unread }: Streams): Promise<void> {
  const empty = async (database: pg.Pool, table: string) =>
    !(await database.query(`select exists (select from ${table})`)).rows[0].exists;
  await eventually(
    "every event to be handled",
    async () =>
      (await empty(orders, "outbox")) &&
      (await empty(catalog, "outbox")) &&
      (await unread()) === 0 &&
      (await empty(catalog, "index_queue")),
    settledWithinMs,
  );
}
