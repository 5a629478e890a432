import type { Database } from "@sidecart/platform/database";
import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { OrderPaidSchema, OrderPlacedSchema } from "@sidecart/proto/orders/v1/events";
import t from "tap";
import { fillMessages } from "../../../tests/growth/fill/messages.ts";
import { fillOrders } from "../../../tests/growth/fill/orders.ts";
import { everyStatementReadsLittle } from "../../../tests/support/plans.ts";
import { createKnownAccountStore } from "./known-account-store.ts";
import { comesFrom } from "./order.ts";
import { createOrderStore } from "./order-store.ts";

const soon = () => background(60_000);
const now = new Date();

t.test("statements of orders read no more rows for 100,000 orders than for none", async (t) => {
  await everyStatementReadsLittle(t, "orders", () => ({
    folder: import.meta.dirname,
    run: runAll,
    async fill(query, size) {
      await fillOrders(query, size);
      await fillMessages(query, size);
    },
  }));
});

async function runAll(database: Database): Promise<void> {
  const orders = createOrderStore(database);
  const [id, accountId] = [newId(), newId()];
  const lines = [{ productId: newId(), name: "Tea", quantity: 1, price: 1 }];
  const sums = { quantity: 1, priceTotal: 1, currency: "EUR", lines, requestHash: "" };
  const event = { ...pendingEvent(OrderPlacedSchema, id), data: {}, createdAt: now.toISOString() };
  await orders.place([{ id, accountId, ...sums, reservationId: newId(), idempotencyKey: "k", at: now, event }], soon());
  await orders.byKeys([{ accountId, key: "k" }], soon());
  await orders.byIds([id], accountId, soon());
  await orders.newest(accountId, 20, undefined, soon());
  await orders.newest(null, 20, undefined, soon());
  await orders.histories([id], accountId, soon());
  await orders.expire(now, 200, now, soon());
  const to = {
    toStatus: "paid",
    paymentStatus: "paid",
    allowed: comesFrom.paid,
    event: pendingEvent(OrderPaidSchema, id),
  } as const;
  await orders.move({ id, accountId: null, ...to, actor: "", reason: "", at: now }, soon());
  await createKnownAccountStore(database).keep({ id: newId(), username: "Ann", version: 1 }, soon());
}
