import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { OrderCancelledSchema, OrderPaidSchema, OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { startStore } from "../../../tests/support/store.ts";
import { expireOrders } from "./expire-orders.ts";
import { createKnownAccountStore } from "./known-account-store.ts";
import { comesFrom, type Order, paymentWindowMs, type Status, statuses } from "./order.ts";
import { createOrderStore, type Move, type NewOrder } from "./order-store.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.123Z");
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);

function fresh(fields: Partial<NewOrder> = {}): NewOrder {
  const id = newId();
  const data = { order: { id } };
  return {
    id,
    accountId: newId(),
    quantity: 5,
    priceTotal: 4_580,
    currency: "EUR",
    reservationId: newId(),
    idempotencyKey: newId(),
    requestHash: "hash",
    at: now,
    lines: [
      { productId: "01a1fca6-94fa-77a7-9a59-b56f08c9e431", name: "Tea", quantity: 2, price: 1_290 },
      { productId: "01a1fca6-94fa-77a7-9a59-b56f08c9e432", name: 'Cup\'s "own"', quantity: 3, price: 666 },
    ],
    event: { ...pendingEvent(OrderPlacedSchema, id), data, createdAt: now.toISOString() },
    ...fields,
  };
}

/** The order that the store must return for it. */
const asStored = ({ id, accountId, quantity, priceTotal, currency, lines, at }: NewOrder): Order => ({
  id,
  accountId,
  username: "",
  quantity,
  priceTotal,
  currency,
  lines,
  status: "pending_payment",
  paymentStatus: "pending",
  version: 1,
  createdAt: at.toISOString(),
});

const { database, query, connect, untilBlocked, written } = await startStore(t, "orders");
const orders = createOrderStore(database);
const eventIds = async (id: string) =>
  (await query<{ id: string }>("select id from outbox where key = $1 order by id", [id])).map((row) => row.id);
const history = async (id: string) => (await orders.histories([id], null, soon()))[0]?.transitions ?? [];
const place = async (...some: NewOrder[]) => new Set((await orders.place(some, soon())).keys());
const move = (id: string, to: keyof typeof comesFrom, more: Partial<Move> = {}) => {
  const event = { ...pendingEvent(OrderCancelledSchema, id), reason: "because" };
  const change = {
    id,
    accountId: null,
    toStatus: to,
    paymentStatus: null,
    actor: "tester",
    reason: "because",
    at: now,
    event,
  };
  return orders.move({ ...change, allowed: comesFrom[to], ...more }, soon());
};
const events = (id: string) =>
  query<{ topic: string; data: Record<string, unknown> }>(
    "select topic, data from outbox where key = $1 order by created_at",
    [id],
  );

t.test("an order is placed with its lines, its first transition and its event", async (t) => {
  const order = fresh();
  t.same(await place(order), new Set([order.id]));
  t.same(await orders.byIds([order.id], null, soon()), [asStored(order)]);
  t.same(await history(order.id), [
    {
      from: "",
      to: "pending_payment",
      actor: order.accountId,
      reason: "placed",
      at: now.toISOString(),
      eventId: order.event.id,
      traceparent: order.event.traceparent ?? "",
    },
  ]);
  t.same(await events(order.id), [{ topic: "orders.order-placed.v1", data: order.event.data }]);
});

t.test("an order has the newest known name of its user", async (t) => {
  const order = fresh({ idempotencyKey: "of Žofie" });
  const keep = (username: string, version: number) =>
    createKnownAccountStore(database).keep({ id: order.accountId, username, version }, soon());
  await keep("Žofie", 1);
  t.same(await orders.place([order], soon()), new Map([[order.id, "Žofie"]]));
  await keep("Žofie the Second", 2);
  const named = { id: order.id, username: "Žofie the Second" };
  t.match(await orders.byIds([order.id], null, soon()), [named]);
  t.match(await orders.newest(order.accountId, 1, undefined, soon()), [named]);
  t.match(await orders.byKeys([{ accountId: order.accountId, key: "of Žofie" }], soon()), [{ order: named }]);
  t.match(await move(order.id, "paid"), { order: named });
});

t.test("amounts at the limit stay exact", async (t) => {
  const most = 1_000_000_000_000;
  const order = fresh({ priceTotal: most, lines: [{ productId: newId(), name: "Gold", quantity: 1, price: most }] });
  await place(order);
  t.match(await orders.byIds([order.id], null, soon()), [{ priceTotal: most, lines: [{ price: most }] }]);
});

t.test("one statement places many orders; an existing key skips only its own order", async (t) => {
  const accountId = newId();
  const first = fresh({ accountId, idempotencyKey: "k1" });
  await place(first);
  const again = fresh({ accountId, idempotencyKey: "k1" });
  const others = [fresh({ accountId, idempotencyKey: "k2" }), fresh({ idempotencyKey: "k1" }), fresh({ accountId })];
  t.same(await place(again, ...others), new Set(others.map(({ id }) => id)));
  t.same(await orders.byIds([again.id], null, soon()), []);
  t.same(await events(again.id), [], "no event for it");
  t.same(await place(), new Set());
});

t.test("a reservation has one order", async (t) => {
  const first = fresh();
  await place(first);
  t.same(await place(fresh({ reservationId: first.reservationId })), new Set());
});

t.test("200 parallel calls with one key place one order", async (t) => {
  const accountId = newId();
  const reservationId = newId();
  const calls = Array.from({ length: 200 }, () => place(fresh({ accountId, reservationId, idempotencyKey: "one" })));
  const placed = (await Promise.all(calls)).flatMap((ids) => [...ids]);
  t.equal(placed.length, 1);
  t.match(await orders.byKeys([{ accountId, key: "one" }], soon()), [
    { key: "one", requestHash: "hash", order: { id: placed[0] } },
  ]);
});

t.test("batches that share keys in different orders wait for each other and do not deadlock", async (t) => {
  const accountId = newId();
  const withKey = (idempotencyKey: string) => fresh({ accountId, idempotencyKey });
  const other = await connect();
  await other.query("begin");
  await other.query(
    `insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
       idempotency_key, request_hash, created_at, updated_at)
     values (gen_random_uuid(), $1, 'paid', 'paid', 1, 1, 'EUR', gen_random_uuid(), 'b', '', now(), now())`,
    [accountId],
  );
  const first = place(withKey("a"), withKey("b"), withKey("c"));
  await untilBlocked();
  const second = place(withKey("c"), withKey("a"));
  await untilBlocked(2);
  await other.query("rollback");
  t.equal((await first).size + (await second).size, 3);
});

t.test("an order that cannot be written is a failure and leaves no rows", async (t) => {
  const line = { productId: newId(), name: "Tea", quantity: 1, price: 1 };
  const good = fresh();
  for (const bad of [
    fresh({ lines: [line, line] }),
    fresh({ quantity: 0 }),
    fresh({ priceTotal: -1 }),
    fresh({ lines: [{ ...line, quantity: 0 }] }),
    fresh({ id: "not an id" }),
  ]) {
    await t.rejects(place(good, bad), { code: "UNAVAILABLE" });
  }
  t.same(await orders.byIds([good.id], null, soon()), []);
  t.same(await events(good.id), []);
});

t.test("orders are returned in the requested order, and only those that the caller may see", async (t) => {
  const [mine, other] = [fresh(), fresh()];
  await place(mine, other);
  const ids = (some: Order[]) => some.map(({ id }) => id);
  t.same(ids(await orders.byIds([other.id, newId(), mine.id, other.id], null, soon())), [other.id, mine.id, other.id]);
  t.same(ids(await orders.byIds([other.id, mine.id], mine.accountId, soon())), [mine.id]);
  t.same(await orders.byIds([other.id], newId(), soon()), []);
  t.same(await orders.byIds([], null, soon()), []);
});

t.test("each history is returned once, and only those that the caller may see", async (t) => {
  const [mine, other] = [fresh(), fresh()];
  await place(mine, other);
  const of = async (accountId: string | null, ...ids: string[]) =>
    new Map((await orders.histories(ids, accountId, soon())).map((one) => [one.orderId, one.transitions]));
  const both = await of(null, mine.id, other.id, newId(), mine.id);
  t.same(new Set(both.keys()), new Set([mine.id, other.id]));
  t.match(both.get(mine.id), [{ to: "pending_payment", actor: mine.accountId }]);
  t.match(both.get(other.id), [{ to: "pending_payment", actor: other.accountId }]);
  t.same([...(await of(mine.accountId, mine.id, other.id)).keys()], [mine.id]);
  t.same(await orders.histories([], null, soon()), []);
});

t.test("stored orders are found by key, of one account only", async (t) => {
  const [mine, other] = [fresh({ idempotencyKey: "the key" }), fresh({ idempotencyKey: "the key" })];
  await place(mine, other);
  const { accountId } = mine;
  const keys = ["the key", "another"].map((key) => ({ accountId, key }));
  t.same(await orders.byKeys(keys, soon()), [{ key: "the key", requestHash: "hash", order: asStored(mine) }]);
  const both = [mine, other].map((order) => ({ accountId: order.accountId, key: "the key" }));
  t.same((await orders.byKeys(both, soon())).map(({ order }) => order.id).sort(), [mine.id, other.id].sort());
});

t.test("pages are newest first, of one account or all, without gaps or repetitions", async (t) => {
  const accountId = newId();
  const placed: string[] = [];
  for (let at = 0; at < 7; at += 1) {
    const [mine, other] = [fresh({ accountId }), fresh()];
    await place(mine, other);
    placed.unshift(mine.id);
  }
  const seen: string[] = [];
  for (let after: string | undefined; ; after = seen.at(-1)) {
    const page = await orders.newest(accountId, 3, after, soon());
    if (page.length === 0) break;
    seen.push(...page.map(({ id }) => id));
  }
  t.same(seen, placed);
  const all = (await orders.newest(null, 10, undefined, soon())).map(({ id }) => id);
  t.same(all, all.toSorted().reverse());
  t.equal(all.length, 10);
  t.notOk(all.every((id) => placed.includes(id)));
});

t.test("an order moves with its history and its event", async (t) => {
  const order = fresh();
  await place(order);
  const paid = await move(order.id, "paid", {
    paymentStatus: "paid",
    event: pendingEvent(OrderPaidSchema, order.id),
    at: minutes(1),
  });
  t.same(paid.order, { ...asStored(order), status: "paid", paymentStatus: "paid", version: 2 });
  await move(order.id, "cancelled");
  t.match(await history(order.id), [
    { to: "pending_payment" },
    { from: "pending_payment", to: "paid", actor: "tester", reason: "because", at: minutes(1).toISOString() },
    { from: "paid", to: "cancelled" },
  ]);
  const said = await events(order.id);
  t.match(said[1], {
    topic: "orders.order-paid.v1",
    data: {
      order: {
        id: order.id,
        accountId: order.accountId,
        status: "paid",
        version: 2,
        reservationId: order.reservationId,
        priceTotal: "4580",
        lines: order.lines.map(({ productId, quantity, price }) => ({ productId, quantity, price: String(price) })),
      },
    },
  });
  t.notOk("reason" in (said[1]?.data ?? {}));
  t.match(said[2], {
    topic: "orders.order-cancelled.v1",
    data: { reason: "because", order: { status: "cancelled" } },
  });
});

t.test(
  "between all pairs of statuses, a transition that is not in the table is refused and changes nothing",
  async (t) => {
    for (const from of statuses) {
      for (const to of Object.keys(comesFrom) as (keyof typeof comesFrom)[]) {
        const order = fresh();
        await place(order);
        await query("update orders set status = $2 where id = $1", [order.id, from]);
        const { status, order: moved } = await move(order.id, to);
        t.equal(status, from);
        const allowed = (comesFrom[to] as readonly Status[]).includes(from);
        t.equal(moved?.status, allowed ? to : undefined, `${from} → ${to}`);
        t.match(await orders.byIds([order.id], null, soon()), [
          { status: allowed ? to : from, version: allowed ? 2 : 1 },
        ]);
        t.equal((await events(order.id)).length, allowed ? 2 : 1);
      }
    }
  },
);

t.test("an order of another account, or an unknown one, cannot be moved", async (t) => {
  const order = fresh();
  await place(order);
  t.same(await move(order.id, "cancelled", { accountId: newId() }), { status: null, order: null });
  t.same(await move(newId(), "cancelled"), { status: null, order: null });
  t.match((await move(order.id, "cancelled", { accountId: order.accountId })).order, { status: "cancelled" });
});

t.test("concurrent payments and cancellations leave one consistent history", async (t) => {
  for (let turn = 0; turn < 5; turn += 1) {
    const order = fresh();
    await place(order);
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => move(order.id, "paid", { paymentStatus: "paid" })),
      ...Array.from({ length: 6 }, () => move(order.id, "expired")),
      ...Array.from({ length: 6 }, () => move(order.id, "cancelled")),
    ]);
    const moves = answers.flatMap((answer) => answer.order?.status ?? []);
    const path = (await history(order.id)).map(({ to }) => to);
    t.same(new Set(moves), new Set(path.slice(1)));
    t.equal(moves.length, path.length - 1);
    t.ok(["expired", "cancelled", "paid,cancelled"].includes(path.slice(1).join()), path.join());
    t.equal((await events(order.id)).length, path.length);
    t.same(
      (await history(order.id)).map(({ eventId }) => eventId).sort(),
      await eventIds(order.id),
      "each with its event",
    );
  }
});

t.test("any number of orders that are unpaid for too long expire, with history and event; no others do", async (t) => {
  const at = minutes(60 * 24 * 30);
  const due = new Date(at.getTime() - paymentWindowMs);
  await query("update orders set status = 'cancelled' where status = 'pending_payment'");
  const old = Array.from({ length: 405 }, (_, turn) => fresh({ at: new Date(due.getTime() - turn) }));
  const [paid, young] = [fresh({ at: due }), fresh({ at: new Date(due.getTime() + 1) })];
  await place(...old, paid, young);
  await move(paid.id, "paid");
  written.kicks = 0;
  const deps = { orders, clock: { now: () => at } };
  t.equal(await expireOrders(deps, soon()), 405);
  t.equal(written.kicks, 3);
  t.equal(await expireOrders(deps, soon()), 0);
  const states = await query<{ status: string; orders: number }>(
    "select status, count(*)::int as orders from orders where id = any ($1) group by status order by status",
    [[...old, paid, young].map(({ id }) => id)],
  );
  t.same(states, [
    { status: "expired", orders: 405 },
    { status: "paid", orders: 1 },
    { status: "pending_payment", orders: 1 },
  ]);
  const [one = fresh()] = old;
  t.match(await orders.byIds([one.id], null, soon()), [{ status: "expired", paymentStatus: "none", version: 2 }]);
  t.match((await history(one.id))[1], {
    from: "pending_payment",
    to: "expired",
    actor: "orders",
    reason: "not paid",
    at: at.toISOString(),
  });
  const lines = one.lines.map(({ productId, quantity, price }) => ({ productId, quantity, price: String(price) }));
  t.match(await events(one.id), [
    {},
    { topic: "orders.order-expired.v1", data: { order: { id: one.id, status: "expired", version: 2, lines } } },
  ]);
});

t.test("an order that is being paid, and one whose history is ahead of it, do not block others", async (t) => {
  const at = minutes(-60 * 48);
  const [first, ahead, busy] = [fresh({ at }), fresh({ at }), fresh({ at })];
  await place(first, ahead, busy);
  await query("insert into order_transitions select id, 2, '', '', '', '', now() from orders where id = $1", [
    ahead.id,
  ]);
  const other = await connect();
  await other.query("begin");
  await other.query("update orders set status = 'paid' where id = $1", [busy.id]);
  t.equal(await orders.expire(at, 10, now, soon()), 2);
  await other.query("commit");
  t.equal(await orders.expire(at, 10, now, soon()), 0);
  t.match(await orders.byIds([first.id, ahead.id, busy.id], null, soon()), [
    { status: "expired" },
    { status: "expired" },
    { status: "paid" },
  ]);
});

t.test("of several concurrent sweeps each order is expired by one", async (t) => {
  const at = minutes(-60 * 72);
  const old = Array.from({ length: 60 }, () => fresh({ at }));
  await place(...old);
  let ended = 0;
  await eventually("all orders to be expired", async () => {
    const turns = await Promise.all(Array.from({ length: 5 }, () => orders.expire(at, 10, now, soon())));
    ended += turns.reduce((sum, one) => sum + one, 0);
    return ended >= old.length;
  });
  t.equal(ended, old.length);
  for (const { id } of old.slice(0, 10)) t.equal((await events(id)).length, 2);
});

t.test("a statement that exceeds its timeout is a failure", async (t) => {
  const order = fresh();
  await place(order);
  await query("begin");
  await query("select from orders where id = $1 for update", [order.id]);
  await t.rejects(move(order.id, "paid"), { code: "UNAVAILABLE" });
  await query("rollback");
  t.match(await move(order.id, "paid"), { status: "pending_payment" });
});
