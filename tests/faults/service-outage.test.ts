import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import pg from "pg";
import t, { type Test } from "tap";
import { ask } from "../support/books.ts";
import { environmentOf } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { timed } from "../support/outage.ts";
import { openShop, placedId } from "../support/shop.ts";
import { nobodyThere, throughSidecar } from "../support/through-sidecar.ts";

const units = 1_000;
const shop = await openShop(t, { products: 4, units });
const { system, customer } = shop;
const keysOf = (count: number) => Array.from({ length: count }, () => randomUUID());
const placeAll = (keys: string[]) =>
  Promise.all(keys.map((key, at) => shop.place(key, shop.products[at % shop.products.length])));

async function countOf(service: string, table: string): Promise<number> {
  const [row] = await ask<{ count: number }>(system.databaseUrl(service), `select count(*)::int from ${table}`);
  return row?.count ?? 0;
}

/** Blocks every statement on a table until it is released. */
async function lock(t: Test, service: string, table: string) {
  const url = system.databaseUrl(service);
  const blocker = new pg.Client({ connectionString: url });
  await blocker.connect();
  t.teardown(() => blocker.end());
  await blocker.query(`begin; lock table ${table} in access exclusive mode`);
  const blocked = "select count(*)::int from pg_locks where not granted and relation = $1::regclass";
  return {
    waiting: (atLeast: number) =>
      eventually(`${atLeast} statements to wait for ${table}`, async () => {
        const [row] = await ask<{ count: number }>(url, blocked, [table]);
        return row !== undefined && row.count >= atLeast;
      }),
    release: () => blocker.query("rollback"),
  };
}

/** True when the service no longer accepts connections from its sidecar. */
function refusesConnections(service: string): Promise<boolean> {
  const socket = connect(Number(environmentOf(system, service).SIDECART_APP_PORT), "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

t.test("rejected requests do not make a service unavailable for other clients", async (t) => {
  const missing = "mutation($id: ID!) { cancelOrder(input: { id: $id }) { id } }";
  for (let count = 0; count < 40; count += 1) {
    const answer = await timed(customer.ask(missing, { id: randomUUID() }));
    t.match(answer, { status: 404, code: "ORDER_NOT_FOUND" });
  }
  const id = placedId(await shop.place());
  t.match(await timed(shop.cancel(id)), { status: 200 });
});

for (const [service, table] of [
  ["orders", "orders"],
  ["catalog", "products"],
] as const) {
  t.test(`${service} receives SIGTERM: it finishes the calls in flight and exits with code 0`, async (t) => {
    const blocker = await lock(t, service, table);
    // As many as are under way at once: more would wait for these before they are sent.
    const first = placeAll(keysOf(1));
    await blocker.waiting(1);
    const second = placeAll(keysOf(1));
    await blocker.waiting(2);
    const stopped = system.kill(service, "SIGTERM");
    await eventually("it to accept no more calls", () => refusesConnections(service));
    await blocker.release();
    for (const answer of [...(await first), ...(await second)]) t.match(answer, { status: 200, errors: [] });
    t.match(await stopped, { code: 0, signal: null });

    await system.start(service);
    await eventually("it to accept calls again", async () => (await shop.place()).status === 200);
  });
}

t.test(
  "a service is down: requests fail with UNAVAILABLE within seconds, other services work, and it recovers",
  async (t) => {
    for (const service of ["catalog", "orders", "accounts"]) {
      await system.kill(service);
      const [placing, orders, product, me] = await Promise.all([
        timed(shop.place()),
        timed(customer.ask("{ orders { nodes { id } } }")),
        timed(customer.ask(`{ product(id: "${shop.products[0]}") { name } }`)),
        timed(customer.ask("{ me { id } }")),
      ]);
      const expected = {
        catalog: { placing: 503, orders: 200, product: 503, me: 200 },
        orders: { placing: 503, orders: 503, product: 200, me: 200 },
        accounts: { placing: 200, orders: 200, product: 200, me: 503 },
      }[service];
      const statuses = { placing: placing.status, orders: orders.status, product: product.status, me: me.status };
      t.same(statuses, expected, `without ${service}`);
      for (const { status, code, ms } of [placing, orders, product, me]) {
        t.equal(code, status === 503 ? "UNAVAILABLE" : "OK");
        t.ok(ms < 6_000, `${Math.round(ms)} ms`);
      }
      await system.start(service);
      await eventually(`${service} to respond`, async () => {
        const both = [await timed(shop.place()), await timed(customer.ask("{ me { id } }"))];
        return both.every(({ status }) => status === 200);
      });
    }
  },
);

t.test("calls to a sidecar that has stopped gracefully and deregistered also fail with UNAVAILABLE", async (t) => {
  await system.kill("orders-dapr", "SIGTERM");
  await eventually("its address to be deregistered", async () =>
    (await throughSidecar(system, "gateway", "orders")).includes(nobodyThere),
  );
  t.match(await timed(shop.place()), { status: 503, code: "UNAVAILABLE" });
  await system.start("orders-dapr");
  await eventually("orders to be placed again", async () => (await shop.place()).status === 200);
});

t.test("catalog is killed during stock changes without a key: none is applied twice", async (t) => {
  const [product] = shop.products;
  const blocker = await lock(t, "catalog", "products");
  const reasons = keysOf(8);
  const add = "mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { stock } }";
  const answers = Promise.all(
    reasons.map((reason) => timed(shop.admin.ask(add, { input: { id: product, type: "ADD", number: 1, reason } }))),
  );
  await blocker.waiting(8);
  // It is stopped while its statements run, and killed before it can respond.
  system.processes.get("catalog")?.kill("SIGSTOP");
  await blocker.release();
  await eventually("the changes to be applied", async () => (await countOf("catalog", "inventory_changes")) === 8);
  await system.kill("catalog");
  await system.start("catalog");
  for (const answer of await answers) t.match(answer, { status: 503, code: "UNAVAILABLE" });
  const made = await ask<{ reason: string; times: number }>(
    system.databaseUrl("catalog"),
    "select reason, count(*)::int as times from inventory_changes group by reason",
  );
  t.equal(made.length, 8);
  for (const { reason, times } of made) t.equal(times, 1, reason);
  shop.stock.set(product ?? "", units + made.length);
});

for (const victim of ["catalog", "orders", "catalog-dapr", "orders-dapr"]) {
  t.test(`${victim} is killed during 64 placements: retries with the same keys result in one order each`, async (t) => {
    const before = await countOf("catalog", "reservations");
    const keys = keysOf(64);
    const first = placeAll(keys);
    await eventually(
      "the first of them to be reserved",
      async () => (await countOf("catalog", "reservations")) > before,
    );
    await system.kill(victim);
    await system.start(victim);
    const refused = (await first).flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    t.ok(
      refused.every((code) => code === "UNAVAILABLE"),
      `who failed was told to try again: ${[...new Set(refused)]}`,
    );

    const ids = new Set<string>();
    for (const [at, key] of keys.entries()) {
      const product = shop.products[at % shop.products.length];
      const again = () => shop.place(key, product).then(placedId);
      ids.add(await eventually("the placement to succeed", again));
    }
    t.equal(ids.size, 64);
    const known = new Set((await first).flatMap(({ data }) => data?.placeOrder.id ?? []));
    t.ok(
      [...known].every((id) => ids.has(id)),
      "those that were told of an order have that order",
    );
  });
}

t.test("afterwards every event has had exactly one effect", async () => {
  // Unacknowledged events of a killed reader are redelivered after 20 seconds.
  await shop.agrees(60_000);
});
