import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connect } from "node:tls";
import pg from "pg";
import t from "tap";
import { eventually } from "../../tests/support/eventually.ts";
import { nobodyThere, throughSidecar } from "../../tests/support/through-sidecar.ts";
import { instanceAt } from "./instance.ts";
import { type Launched, launch } from "./launch.ts";
import { findDapr } from "./parts/dapr.ts";
import { postgresFolder } from "./parts/postgres.ts";
import type { Exit } from "./process/managed-process.ts";
import { GraphqlClient } from "./seed/graphql.ts";
import { temporaryHome } from "./testing/started-cli.ts";

t.setTimeout(180_000);

const ready = (system: Launched) => fetch(`${system.gatewayUrl}/readyz`).then(({ status }) => status);
const listing = "{ products(first: 1) { nodes { id } } }";

const system = await launch({
  home: temporaryHome(t),
  replicas: { gateway: 2, orders: 2 },
  env: { catalog: { SIDECART_TEST_MARK: "launched" } },
});
t.teardown(() => system.stop());
const exits: Exit[] = [];
system.onExit((exit) => exits.push(exit));

const { ours } = await findDapr(() => {});
const official = !ours && "an official daprd asks each time";

/** The processes that a process has started. */
const childrenOf = (parent: number | undefined) =>
  readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || !existsSync(`/proc/${pid}/stat`)) return false;
    const [, ppid] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return Number(ppid) === parent;
  });

await t.test("each part dies alone and comes back", async (t) => {
  for (const name of ["orders", "orders-dapr", "redis", "postgres"]) {
    const before = system.processes.get(name)?.pid;
    const children = childrenOf(before);
    t.match(await system.kill(name), { name, signal: "SIGKILL", expected: true });
    t.notOk(system.processes.get(name)?.running);
    // PostgreSQL does not start while an old process has its memory.
    await eventually(`the children of ${name} to end`, async () =>
      children.every((pid) => !existsSync(`/proc/${pid}`)),
    );
    await system.start(name);
    t.not(system.processes.get(name)?.pid, before);
  }
  t.same(
    exits.map(({ name }) => name),
    ["orders", "orders-dapr", "redis", "postgres"],
    "and takes nothing else with it",
  );
});

await t.test("restart ends one in good order and starts it with what is added to its environment", async (t) => {
  exits.length = 0;
  await system.restart("catalog", { SIDECART_LOG_LEVEL: "debug" });
  t.match(exits, [{ name: "catalog", code: 0, expected: true }]);
  const environment = readFileSync(`/proc/${system.processes.get("catalog")?.pid}/environ`, "utf8").split("\0");
  t.ok(environment.includes("SIDECART_LOG_LEVEL=debug"));
  t.ok(environment.includes("SIDECART_TEST_MARK=launched"), "and with that of its launch");
  await system.restart("catalog", { SIDECART_TEST_MARK: undefined });
  t.notMatch(readFileSync(`/proc/${system.processes.get("catalog")?.pid}/environ`, "utf8"), "SIDECART_TEST_MARK");
  t.equal(await ready(system), 200);
  t.ok(await new GraphqlClient(system.gatewayUrl).send(listing, {}));
});

await t.test("a replica is a process with a sidecar and ports of its own, under the same app id", async (t) => {
  for (const url of system.gatewayUrls) t.equal((await fetch(`${url}/readyz`)).status, 200, url);
  t.equal(new Set(system.gatewayUrls).size, 2);
  const appIds = ["orders-dapr", "orders-2-dapr"].map((name) => {
    const { args = [] } = system.processes.get(name)?.spec ?? {};
    return args[args.indexOf("--app-id") + 1];
  });
  t.same(appIds, ["orders", "orders"]);
  t.match(await system.kill("orders-2"), { name: "orders-2", signal: "SIGKILL" });
  t.ok(system.processes.get("orders")?.running, "the other replica continues");
  await system.start("orders-2");
});

await t.test("a service's sidecar may write rows and nothing more", async (t) => {
  const owner = new pg.Client({ connectionString: system.databaseUrl("catalog") });
  await owner.connect();
  t.teardown(() => owner.end());
  const { rows } = await owner.query(`
    select rolsuper or rolcreatedb or rolcreaterole as powerful,
           has_schema_privilege(rolname, 'public', 'create') as creates,
           has_database_privilege(rolname, replace(rolname, '_catalog_app', '_orders'), 'connect') as trespasses,
           has_table_privilege(rolname, 'products', 'insert') as writes
    from pg_roles where rolname = current_database() || '_app'`);
  t.same(rows, [{ powerful: false, creates: false, trespasses: false, writes: true }]);
});

await t.test("a sidecar shows the others who it is", async (t) => {
  const { args = [] } = system.processes.get("orders-dapr")?.spec ?? {};
  const port = Number(args[args.indexOf("--dapr-internal-grpc-port") + 1]);
  const socket = connect({ port, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
  t.teardown(() => socket.destroy());
  await once(socket, "secureConnect");
  t.equal(socket.getPeerCertificate().subjectaltname, "URI:spiffe://public/ns/default/orders");
});

await t.test("where another one is, a sidecar looks up once in some seconds", { skip: official }, async (t) => {
  const names = new DatabaseSync(join(system.instanceDir, "names.db"), { timeout: 1_000 });
  t.teardown(() => names.close());
  const rename = (from: string, to: string) =>
    names.prepare("update hosts set app_id = ? where app_id = ?").run(to, from);
  t.teardown(() => rename("moved", "catalog"));
  const ask = () => throughSidecar(system, "gateway", "catalog");
  const there = await ask();
  t.match(there, "PermissionDenied", "catalog's sidecar was reached");
  rename("catalog", "moved");
  await eventually("the cached address to expire", async () => (await ask()).includes(nobodyThere));
  rename("moved", "catalog");
  t.equal(await ask(), there, "a missing app is not cached");
  rename("catalog", "moved");
  t.equal(await ask(), there, "an address is cached");
});

await t.test("sidecars do not reload changed components", async (t) => {
  const { DAPR_HTTP_PORT: port, DAPR_API_TOKEN: token = "" } = system.processes.get("orders")?.spec.env ?? {};
  const url = `http://127.0.0.1:${port}/v1.0/metadata`;
  const answer = await fetch(url, { headers: { "dapr-api-token": token } });
  const { enabledFeatures } = (await answer.json()) as { enabledFeatures: string[] };
  t.notOk(enabledFeatures.includes("HotReload"), enabledFeatures.join(", "));
});

await t.test("secrets and logs are private", async (t) => {
  for (const file of ["certificates", "secrets.json", "credentials.json", "redis/redis.conf", "logs/orders.log"]) {
    t.equal(statSync(join(system.instanceDir, file)).mode & 0o077, 0, file);
  }
});

await t.test("Dapr leaves identities in the instance, not in everybody's folder for temporary files", async (t) => {
  const folder = join(system.instanceDir, "tmp");
  t.equal(statSync(folder).mode & 0o077, 0);
  const inside = (await readdir(folder, { recursive: true })).filter((name) => name.includes("dapr.io"));
  t.not(inside.length, 0);
});

await t.test("stop may be called twice", async () => {
  await Promise.all([system.stop(), system.stop()]);
});

const notRoot = process.getuid?.() !== 0 && "only root's PostgreSQL runs as another user";

t.test(
  "if PostgreSQL's user cannot enter the instance folder, the data is in a folder that it can enter",
  { skip: notRoot },
  async (t) => {
    const home = mkdtempSync(join(tmpdir(), "sidecart-closed-"));
    chmodSync(home, 0o700);
    const { folder } = await postgresFolder(instanceAt("default", home));
    t.notOk(folder.startsWith(home));
    t.teardown(() => rmSync(home, { recursive: true, force: true }));
    t.teardown(() => rmSync(join(folder, ".."), { recursive: true, force: true }));
    const system = await launch({ home, apps: [] });
    await system.stop();
    t.ok(statSync(join(folder, "PG_VERSION")).isFile());
    rmSync(instanceAt("default", home).folder, { recursive: true });
    await t.rejects(launch({ home, apps: [] }), { message: /earlier checkout.*--reset/ }, "data of a deleted checkout");
  },
);
