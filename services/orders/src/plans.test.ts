import { background } from "@sidecart/platform/call";
import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { everyStatementUsesIndexes, watchPlans } from "../../../tests/support/plans.ts";
import { startStore } from "../../../tests/support/store.ts";
import { orderPaid, orderPlaced } from "./events.ts";
import { createNeighbourStore } from "./neighbour-store.ts";
import { comesFrom } from "./order.ts";
import { createOrderStore } from "./order-store.ts";

const soon = () => background(20_000);
const now = new Date();

t.test("statements of orders find their rows by index among 20,000 of each kind", async (t) => {
  const store = await startStore(t, "orders");
  const { query } = store;
  await query(
    `insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
       idempotency_key, request_hash, created_at, updated_at)
     select gen_random_uuid(), gen_random_uuid(), case when n % 20 = 0 then 'pending_payment' else 'paid' end, 'paid',
       1, 1, 'EUR', gen_random_uuid(), n::text, '', now() - n * interval '1 minute', now()
     from generate_series(1, 20000) n`,
  );
  await query("insert into order_lines select id, gen_random_uuid(), 'Tea', 1, 1 from orders, generate_series(1, 2)");
  await query("insert into order_transitions select id, 1, '', 'paid', '', '', now() from orders");
  await query("insert into known_accounts select gen_random_uuid(), 'Ann', 1 from generate_series(1, 20000)");
  await query(
    "insert into outbox (id, topic, key, data) select gen_random_uuid(), 't', 'k', '{}' from generate_series(1, 20000)",
  );
  await query("analyze");

  const watch = watchPlans(store);
  const orders = createOrderStore(watch.database);
  const [id, accountId] = [newId(), newId()];
  const lines = [{ productId: newId(), name: "Tea", quantity: 1, price: 1 }];
  const sums = { quantity: 1, priceTotal: 1, currency: "EUR", lines, requestHash: "" };
  const event = { ...pendingEvent(orderPlaced, id), data: {} };
  await orders.place([{ id, accountId, ...sums, reservationId: newId(), idempotencyKey: "k", at: now, event }], soon());
  await orders.byKeys(accountId, ["k"], soon());
  await orders.byIds([id], accountId, soon());
  await orders.newest(accountId, 20, undefined, soon());
  await orders.newest(null, 20, undefined, soon());
  await orders.histories([id], accountId, soon());
  await orders.expire(now, 200, now, soon());
  const to = { to: "paid", payment: "paid", allowed: comesFrom.paid, event: pendingEvent(orderPaid, id) } as const;
  await orders.move({ id, accountId: null, ...to, actor: "", reason: "", at: now }, soon());
  const neighbours = createNeighbourStore(watch.database);
  await neighbours.keepAccount({ id: newId(), username: "Ann", version: 1 }, soon());

  const large = ["orders", "order_lines", "order_transitions", "known_accounts", "outbox"];
  await everyStatementUsesIndexes(t, watch, import.meta.dirname, large);
});
