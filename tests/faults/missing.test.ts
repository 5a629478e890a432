import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import t from "tap";
import { ask } from "../support/books.ts";
import { environmentOf } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { ownResources } from "../support/own-resources.ts";
import { openShop, placedId } from "../support/shop.ts";
import { streamsOf } from "../support/streams.ts";

t.setTimeout(180_000);

const placed = "orders.order-placed.v1";
/** A handler gives up after 10 s, its dead letter cannot be stored for 5 s more, and Redis lets the event go. */
const withoutPolicies = 16_000;
const resources = await ownResources(t);
const shop = await openShop(t, { broker: "redis", resourcesRoot: resources.root });
const { system } = shop;
const streams = await streamsOf(t, shop);

async function readiness(service: string): Promise<{ status: number; body: string }> {
  const { SIDECART_METRICS_PORT: port } = environmentOf(system, service);
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return { status: response.status, body: await response.text() };
}

const untilNotReady = (service: string, reason: RegExp) =>
  eventually(
    `${service} to say that it lacks ${reason}`,
    async () => {
      const { status, body } = await readiness(service);
      return status === 503 && reason.test(body);
    },
    40_000,
  );

/** What a process has logged. */
async function logOf(name: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(system.instanceDir, "logs", `${name}.log`), "utf8");
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line));
}

const end = (...names: string[]) => Promise.all(names.map((name) => system.kill(name)));

/** Starts processes, whether they get ready or not; it resolves when they are. */
function start(...names: string[]): Promise<unknown> {
  const ready = Promise.all(names.map((name) => system.start(name)));
  ready.catch(() => {});
  return ready;
}

async function startAgain(name: string): Promise<void> {
  await end(name);
  await start(name);
}

/** How long each message has been with catalog's sidecar, in milliseconds. */
async function pendingFor(topic: string): Promise<number[]> {
  const pending = (await streams.redis.xpending(topic, "catalog", "-", "+", 100)) as [string, string, number, number][];
  return pending.map(([, , idle]) => idle);
}

const catalog = <T>(text: string) => ask<T>(system.databaseUrl("catalog"), text);

t.test("without its database's component a service is not ready, says so once, and waits for it", async (t) => {
  await resources.remove("base/catalog-db.yaml");
  await end("catalog", "catalog-dapr");
  const known = (await logOf("catalog")).length;
  start("catalog-dapr");
  const ready = start("catalog");
  await untilNotReady("catalog", /component catalog-db is not loaded by the sidecar of catalog/);
  const { pid } = system.processes.get("catalog") ?? {};
  const said = (await logOf("catalog")).slice(known).filter(({ level }) => level === "error");
  t.match(said, [{ msg: /^not ready: component catalog-db is not loaded/ }], "one line");

  await resources.restore();
  await startAgain("catalog-dapr");
  await ready;
  t.equal(system.processes.get("catalog")?.pid, pid, "without another start of the service");
  await eventually("orders to be placed again", async () => (await shop.place()).status === 200);
});

t.test("without access to accounts' keys a service is not ready, and nobody is told that he may not", async (t) => {
  await resources.replace("config/access/accounts.yaml", "- appId: catalog\n", "- appId: nobody\n");
  await startAgain("accounts-dapr");
  await end("catalog");
  const known = (await logOf("catalog")).length;
  const ready = start("catalog");
  const refusal = /the sidecar of accounts refuses catalog the method sidecart\.accounts\.v1\.AccountsService\/GetJwks/;
  await untilNotReady("catalog", refusal);
  const change = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { id } }";
  const input = { id: shop.products[0], price: 1200 };
  const { errors } = await eventually("catalog to be reached", async () => {
    const answer = await shop.admin.ask(change, { input });
    return answer.status !== 503 && answer;
  });
  t.equal(errors[0]?.extensions.code, "CALL_REFUSED");
  const method = "/sidecart.accounts.v1.AccountsService/GetJwks";
  const said = (await logOf("catalog")).slice(known).filter(({ level }) => level === "error");
  t.match(
    said.find((line) => line.callee === "accounts"),
    { app: "catalog", callee: "accounts", method, msg: /refused by the access policy/ },
    `among ${JSON.stringify(said)}`,
  );

  await resources.restore();
  await startAgain("accounts-dapr");
  await ready;
  await eventually("products to be changed", async () => (await shop.admin.ask(change, { input })).status === 200);
});

t.test("without its Resiliency policies a service is not ready, and loses no event", async (t) => {
  await streams.allRead();
  await streams.block(placed);
  const ids = await Promise.all(Array.from({ length: 12 }, async () => placedId(await shop.place())));
  await resources.replace("base/resiliency.yaml", "scopes:\n  - accounts\n  - catalog\n", "scopes:\n  - accounts\n");
  const blocker = new pg.Client({ connectionString: system.databaseUrl("catalog") });
  await blocker.connect();
  t.teardown(() => blocker.end());
  await blocker.query("begin; lock table inbox, dead_letters in access exclusive mode");
  await end("catalog-dapr");
  await streams.unblock(placed);
  await eventually("all events to be published", async () => (await streams.redis.xlen(placed)) >= ids.length, 60_000);
  start("catalog-dapr");

  await untilNotReady("catalog", /Resiliency sidecart is not loaded by the sidecar of catalog/);
  await eventually("the deliveries", async () => (await pendingFor(placed)).length > 0);
  await eventually(
    "them to be over, or to outlive what a sidecar without policies gives them",
    async () => {
      const all = [...(await pendingFor(placed)), ...(await pendingFor("catalog.dead-letters.v1"))];
      return all.every((idle) => idle > withoutPolicies);
    },
    50_000,
  );
  await blocker.query("rollback");
  await resources.restore();
  await startAgain("catalog-dapr");
  const open = "select count(*)::int from reservations where status = 'open' and expires_at is not null";
  const dead = "select count(*)::int from dead_letters";
  await eventually(
    `each of ${ids.length} events to be handled or a dead letter`,
    async () => {
      const [[waiting], [letters]] = [await catalog<{ count: number }>(open), await catalog<{ count: number }>(dead)];
      return waiting?.count === letters?.count;
    },
    40_000,
  );
});
