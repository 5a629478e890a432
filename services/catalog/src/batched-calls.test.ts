import { StatementFailed } from "@sidecart/platform/database";
import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { ReserveStatus } from "@sidecart/proto/catalog/v1/catalog";
import {
  ProductChangedSchema,
  ProductCreatedSchema,
  StockChangedSchema,
  StockDepletedSchema,
} from "@sidecart/proto/catalog/v1/events";
import t from "tap";
import { amply } from "../../../tests/support/quotas.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createHolding } from "./hold-reservations.ts";
import { createProductStore } from "./product-store.ts";
import { createReservationStore } from "./reservation-store.ts";
import { createReserving, reserve } from "./reserve.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.000Z");
const later = new Date(now.getTime() + 60_000);

const { database, query, log, written } = await startStore(t, "catalog");
const products = createProductStore(database);
const reservations = createReservationStore(database);
const deps = { reservations, clock: { now: () => now } };
const hold = createHolding(deps);
const reserving = createReserving(deps);
type Request = { reservationId: string; accountId: string; lines: { productId: string; quantity: number }[] };
const request = (...requests: Omit<Request, "accountId">[]) =>
  reserve({ reserve: reserving, log }, ofSomebody(requests), soon());
const ofSomebody = (requests: Omit<Request, "accountId">[]) => ({
  quota: amply,
  reservations: requests.map((one) => ({ accountId: newId(), ...one })),
});

const made = async (stock: number) => {
  const id = newId();
  const texts = { name: "Tea", description: "", category: "tea", imageUrl: "", currency: "EUR" };
  const product = { id, ...texts, price: 1290, stock, attributes: {}, partnerId: null, createdAt: now };
  await products.create(product, pendingEvent(ProductCreatedSchema, id), soon());
  return id;
};
const reserved = async (productId: string, quantity = 1, expiresAt = later) => {
  const id = newId();
  await reservations.reserve(
    [{ id, accountId: newId(), quota: amply, lines: [{ productId, quantity }] }],
    now,
    expiresAt,
    soon(),
  );
  return id;
};
/** Whether each of these reservations still expires. */
const expiring = async (ids: string[]) => {
  const rows = await query<{ id: string; expires: boolean }>(
    "select id, expires_at is not null and status = 'open' as expires from reservations where id = any ($1)",
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.expires);
};
const inbox = async (eventIds: string[]) =>
  (await query("select from inbox where event_id = any ($1) and handler = 'hold'", [eventIds])).length;
/** Which of these products are queued for search. Removes them from the queue. */
const noted = async (...ids: string[]) => {
  const rows = await query<{ id: string }>(
    "delete from index_queue where product_id = any ($1) returning product_id as id",
    [ids],
  );
  return rows.map(({ id }) => id);
};

t.test("the events of many orders are applied, each once, in any number of deliveries", async (t) => {
  const tea = await made(100);
  const holds = await Promise.all(
    Array.from({ length: 30 }, async () => ({ id: await reserved(tea), eventId: newId() })),
  );
  const ids = holds.map(({ id }) => id);
  const requests = [...holds, ...holds.slice(0, 10)];
  await Promise.all(requests.map((one) => hold(one, soon())));
  await Promise.all(holds.map((one) => hold(one, soon())));
  t.same(new Set(await expiring(ids)), new Set([false]));
  t.equal(await inbox(holds.map(({ eventId }) => eventId)), 30);
});

t.test("a lost reservation fails alone and leaves no rows; an expired one reserves its stock again", async (t) => {
  const tea = await made(5);
  const [fine, expired, dear] = [await reserved(tea), await reserved(tea, 1, now), await reserved(tea, 3, now)];
  await reservations.expire(now, soon());
  t.ok(await reserved(tea, 3), "others reserve what became available");
  const events = [fine, expired, dear, newId()].map((id) => ({ id, eventId: newId() }));
  written.kicks = 0;
  const settled = await Promise.allSettled(events.map((one) => hold(one, soon())));
  t.match(settled, [
    { status: "fulfilled" },
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "RESERVATION_LOST" } },
    { status: "rejected", reason: { code: "RESERVATION_LOST" } },
  ]);
  t.equal(written.kicks, 1, "reserving stock again is an event");
  t.equal(await inbox(events.map(({ eventId }) => eventId)), 2);
  const [product] = await products.byIds([tea], soon());
  t.equal(product?.stock, 0);
});

t.test("an event that was applied before its reservation ended is handled", async (t) => {
  const tea = await made(5);
  const one = { id: await reserved(tea), eventId: newId() };
  await hold(one, soon());
  await reservations.releaseOnce(one.id, now, soon(), newId());
  await t.resolves(hold(one, soon()));
  t.equal((await products.byIds([tea], soon()))[0]?.stock, 5);
});

t.test("reservations of several calls are decided in order, and each outcome has its own lines", async (t) => {
  const tea = await made(5);
  const [twice, id] = [newId(), newId()];
  const line = (quantity: number) => [{ productId: tea, quantity }];
  const answers = await Promise.all([
    request({ reservationId: twice, lines: line(2) }, { reservationId: id, lines: line(2) }),
    request({ reservationId: twice, lines: line(2) }),
    request({ reservationId: twice, lines: line(1) }, { reservationId: newId(), lines: line(2) }),
    request({ reservationId: newId(), lines: line(1) }),
  ]);
  const { RESERVED, OUT_OF_STOCK, CHANGED } = ReserveStatus;
  t.same(
    answers.map((outcomes) => outcomes.map(({ status }) => status)),
    [[RESERVED, RESERVED], [RESERVED], [CHANGED, OUT_OF_STOCK], [RESERVED]],
  );
  t.equal((await products.byIds([tea], soon()))[0]?.stock, 0);
});

t.test("a reservation that cannot be decided fails alone", async (t) => {
  const [tea, poison] = [await made(5), newId()];
  const failing: typeof reservations.reserve = async (wanted, ...rest) => {
    if (wanted.some(({ id }) => id === poison)) throw new StatementFailed();
    return reservations.reserve(wanted, ...rest);
  };
  const broken = createReserving({ ...deps, reservations: { ...reservations, reserve: failing } });
  const requests = [newId(), poison, newId(), newId()].map((reservationId) => ({
    reservationId,
    lines: [{ productId: tea, quantity: 1 }],
  }));
  const outcomes = await reserve({ reserve: broken, log }, ofSomebody(requests), soon());
  t.match(outcomes, [
    { status: 1 },
    { reservationId: poison, failure: { code: "UNAVAILABLE" } },
    { status: 1 },
    { status: 1 },
  ]);
  t.equal((await products.byIds([tea], soon()))[0]?.stock, 2);
});

t.test(
  "a change that search shows is queued with the change itself, and a mere change of the quantity is not",
  async (t) => {
    const tea = await made(2);
    t.same(await noted(tea), [tea], "made");
    await products.update(tea, null, { price: 1 }, now, pendingEvent(ProductChangedSchema, tea), soon());
    t.same(await noted(tea), [tea], "changed");
    const first = await reserved(tea);
    t.same(await noted(tea), [], "there is some left");
    await reserved(tea);
    t.same(await noted(tea), [tea], "sold out");
    await reservations.release([first], now, soon());
    t.same(await noted(tea), [tea], "there is some again");
    const add = async (number: number, type: "add" | "set" = "add") => {
      const change = { id: tea, changeId: newId(), type, number, reason: "", actor: newId(), most: 100 };
      const events = {
        changed: pendingEvent(StockChangedSchema, tea),
        depleted: pendingEvent(StockDepletedSchema, tea),
      };
      await products.changeStock(change, null, now, events, soon());
    };
    await add(5);
    t.same(await noted(tea), [], "more of it");
    await add(0, "set");
    t.same(await noted(tea), [tea], "none left");
    await add(1);
    t.same(await noted(tea), [tea], "some again");
    await products.update(tea, null, { deleted: true }, now, pendingEvent(ProductChangedSchema, tea), soon());
    t.same(await noted(tea), [tea], "deleted");
  },
);
