import { background } from "@sidecart/platform/call";
import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { everyStatementUsesIndexes, watchPlans } from "../../../tests/support/plans.ts";
import { startStore } from "../../../tests/support/store.ts";
import { productChanged, productCreated, stockChanged, stockDepleted } from "./events.ts";
import { createIndexQueueStore } from "./index-queue-store.ts";
import { createIndexStore } from "./index-store.ts";
import { createPartnerStore } from "./partner-store.ts";
import { createProductStore } from "./product-store.ts";
import { createReservationStore } from "./reservation-store.ts";

const soon = () => background(20_000);
const now = new Date();
const later = new Date(now.getTime() + 60_000);

t.test("statements of the catalog find their rows by index among 20,000 of each kind", async (t) => {
  const store = await startStore(t, "catalog");
  const { query } = store;
  await query(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     select gen_random_uuid(), 'Tea', 'Green', 1290, 'EUR', 'tea', 1000, now(), now() from generate_series(1, 20000)`,
  );
  await query(
    `insert into reservations (id, status, lines, created_at, expires_at, closed_at)
     select gen_random_uuid(), case when n % 10 = 0 then 'open' else 'sold' end,
       '[{"productId":"01a1fca6-94fa-77a7-9a59-b56f08c9e431","quantity":1}]', now(), now() + n * interval '1 second',
       case when n % 10 > 0 then now() end
     from generate_series(1, 20000) n`,
  );
  await query("insert into partners select gen_random_uuid(), 'Shop', true, 1 from generate_series(1, 20000)");
  await query("insert into inbox select gen_random_uuid(), 'sell', now() from generate_series(1, 20000)");
  await query(
    "insert into outbox (id, topic, key, data) select gen_random_uuid(), 't', 'k', '{}' from generate_series(1, 20000)",
  );
  await query(
    `insert into inventory_changes
     select gen_random_uuid(), id, 'add', 1, 'test', gen_random_uuid(), 1, now() from products`,
  );
  await query("insert into index_queue select id, now() from products");
  await query("analyze");

  const watch = watchPlans(store);
  const { database } = watch;
  const products = createProductStore(database);
  const [partner] = await query<{ id: string }>("select account_id as id from partners limit 1");
  const id = newId();
  const product = { id, name: "Tea", description: "", price: 1, currency: "EUR", stock: 9, category: "tea" };
  const more = { attributes: {}, partnerId: partner?.id ?? null, imageUrl: "", createdAt: now };
  await products.create({ ...product, ...more }, pendingEvent(productCreated, id), soon());
  await products.update(id, null, { name: "Tee" }, now, pendingEvent(productChanged, id), soon());
  const change = { id, changeId: newId(), type: "add", number: 1, reason: "", actor: newId(), most: 100 } as const;
  const events = { changed: pendingEvent(stockChanged, id), depleted: pendingEvent(stockDepleted, id) };
  await products.changeStock(change, null, now, events, soon());
  await products.byIds([id, newId()], soon());
  await products.newest(20, id, soon());

  const reservations = createReservationStore(database);
  const wish = { id: newId(), lines: [{ productId: id, quantity: 1 }] };
  await reservations.reserve([wish], now, later, soon());
  await reservations.holdOnce(wish.id, now, soon(), newId());
  await reservations.sellOnce(wish.id, now, soon(), newId());
  await reservations.releaseOnce(wish.id, now, soon(), newId());
  await reservations.release([wish.id], now, soon());
  await reservations.expire(now, soon());
  await reservations.prune(now, soon());

  const queue = createIndexQueueStore(database);
  await queue.note([id], soon());
  await queue.settle(await queue.claim(10, 30, soon()), [{ id, notedAt: now.toISOString() }], 1, soon());

  const indexes = createIndexStore(database);
  await indexes.startBuilding("products-1", soon());
  await indexes.makeLive("products-1", soon());
  await indexes.beat("products-1", 1, soon());
  await indexes.retire("products-1", soon());
  await indexes.forget("products-1", soon());
  await indexes.survey(soon());
  await indexes.progress("products-1", soon());
  await indexes.current([id], soon());
  await indexes.page(id, 500, soon());
  await createPartnerStore(database).keep({ accountId: newId(), name: "Shop", active: true, version: 1 }, soon());

  const large = ["products", "reservations", "partners", "inbox", "outbox", "inventory_changes", "index_queue"];
  await everyStatementUsesIndexes(t, watch, import.meta.dirname, large);
});
