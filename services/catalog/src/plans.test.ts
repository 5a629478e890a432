import type { Database } from "@sidecart/platform/database";
import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import {
  ProductChangedSchema,
  ProductCreatedSchema,
  StockChangedSchema,
  StockDepletedSchema,
} from "@sidecart/proto/catalog/v1/events";
import t from "tap";
import { fillCatalog } from "../../../tests/growth/fill/catalog.ts";
import { fillMessages } from "../../../tests/growth/fill/messages.ts";
import { everyStatementReadsLittle } from "../../../tests/support/plans.ts";
import { amply } from "../../../tests/support/quotas.ts";
import { createIndexQueueStore } from "./index-queue-store.ts";
import { createIndexStore } from "./index-store.ts";
import { createPartnerStore } from "./partner-store.ts";
import { createProductStore } from "./product-store.ts";
import { createReservationStore } from "./reservation-store.ts";

const soon = () => background(60_000);
const now = new Date();
const later = new Date(now.getTime() + 60_000);

t.test("statements of the catalog read no more rows for 100,000 products than for none", async (t) => {
  await everyStatementReadsLittle(t, "catalog", () => ({
    folder: import.meta.dirname,
    run: runAll,
    async fill(query, size) {
      await fillCatalog(query, size);
      await fillMessages(query, size);
    },
  }));
});

async function runAll(database: Database): Promise<void> {
  const partnerId = newId();
  await createPartnerStore(database).keep({ accountId: partnerId, name: "Shop", active: true, version: 1 }, soon());
  const products = createProductStore(database);
  const id = newId();
  const product = { id, name: "Tea", description: "", price: 1, currency: "EUR", stock: 9, category: "tea" };
  const more = { attributes: {}, partnerId, imageUrl: "", createdAt: now };
  await products.create({ ...product, ...more }, pendingEvent(ProductCreatedSchema, id), soon());
  await products.update(id, null, { name: "Tee" }, now, pendingEvent(ProductChangedSchema, id), soon());
  const change = { id, changeId: newId(), type: "add", number: 1, reason: "", actor: newId(), most: 100 } as const;
  const events = { changed: pendingEvent(StockChangedSchema, id), depleted: pendingEvent(StockDepletedSchema, id) };
  for (const _ of ["made", "made before"]) await products.changeStock(change, null, now, events, soon());
  await products.byIds([id, newId()], soon());
  await products.newest(20, id, soon());

  const reservations = createReservationStore(database);
  const reservation = { id: newId(), accountId: newId(), quota: amply, lines: [{ productId: id, quantity: 1 }] };
  for (const _ of ["taken", "renewed"]) await reservations.reserve([reservation], now, later, soon());
  await reservations.byId(reservation.id, soon());
  await reservations.holdOpen([{ id: reservation.id, eventId: newId() }], soon());
  await reservations.holdOnce(reservation.id, now, soon(), newId());
  await reservations.sellOnce(reservation.id, now, soon(), newId());
  await reservations.releaseOnce(reservation.id, now, soon(), newId());
  await reservations.release([reservation.id], now, soon());
  await reservations.expire(now, soon());
  const over = { ...reservation, id: newId() };
  for (const _ of ["taken", "too late"]) await reservations.reserve([over], now, now, soon());
  await reservations.prune(now, soon());

  const queue = createIndexQueueStore(database);
  const done = await queue.next({ done: [], again: [] }, 10, soon());
  const key = { id, notedAt: now.toISOString() };
  await queue.next({ done, again: [{ key, afterSeconds: 1 }] }, 10, soon());

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
}
