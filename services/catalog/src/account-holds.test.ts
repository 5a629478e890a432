import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import fc from "fast-check";
import t from "tap";
import { amply } from "../../../tests/support/quotas.ts";
import { startStore } from "../../../tests/support/store.ts";
import type { Quota, Wanted } from "./reservation.ts";
import { createReservationStore } from "./reservation-store.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.000Z");
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);

const store = await startStore(t, "catalog");
const { query } = store;
const reservations = createReservationStore(store.database);
const reserve = (wanted: Wanted[], at = now, until = minutes(600)) => reservations.reserve(wanted, at, until, soon());

async function product(): Promise<string> {
  const id = newId();
  await query(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     values ($1, 'A thing', '', 1290, 'EUR', 'tea', 100000, now(), now())`,
    [id],
  );
  return id;
}
const [tea, cup] = [await product(), await product()];

/** Reservations of one new account. */
function account(limits: Partial<Quota> = {}) {
  const accountId = newId();
  const quota = { ...amply, ...limits };
  const wanted = (quantity = 1, ...products: string[]): Wanted => ({
    id: newId(),
    accountId,
    quota,
    lines: (products.length > 0 ? products : [tea]).map((productId) => ({ productId, quantity })),
  });
  const several = (count: number, quantity = 1) => Array.from({ length: count }, () => wanted(quantity));
  const holds = async () => (await query("select * from account_holds where account_id = $1", [accountId]))[0];
  /** What it holds according to its open reservations. */
  const open = async () => {
    const rows = await query<{ id: string; units: number }>(
      `select product_id as id, sum(quantity)::int as units from reservations,
         jsonb_to_recordset(lines) as l("productId" uuid, quantity int), lateral (select "productId" as product_id) p
       where account_id = $1 and status = 'open' group by 1`,
      [accountId],
    );
    const [count] = await query<{ count: number }>(
      "select count(*)::int as count from reservations where account_id = $1 and status = 'open'",
      [accountId],
    );
    return { reservations: count?.count, units: Object.fromEntries(rows.map(({ id, units }) => [id, units])) };
  };
  return { accountId, wanted, several, holds, open };
}

/** How many have each status. */
function tally(answers: Awaited<ReturnType<typeof reserve>>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers.flatMap((one) => [...one.values()])) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

for (const [form, asBatches] of [
  ["in one batch", (wanted: Wanted[]) => [wanted]],
  ["in 64 parallel statements", (wanted: Wanted[]) => wanted.map((one) => [one])],
] as const) {
  const all = (wanted: Wanted[]) => Promise.all(asBatches(wanted).map((batch) => reserve(batch)));

  t.test(`an account has its quota of open reservations, ${form}`, async (t) => {
    const { several, open, holds } = account({ openReservations: 5 });
    t.same(tally(await all(several(64))), { reserved: 5, "too-many-open": 59 });
    t.same(await open(), { reservations: 5, units: { [tea]: 5 } });
    t.match(await holds(), await open());
  });

  t.test(`an account holds its quota of a product, ${form}`, async (t) => {
    const { several, wanted, open } = account({ unitsPerProduct: 10 });
    t.same(tally(await all(several(64, 3))), { reserved: 3, "too-many-units": 61 });
    const [refused] = (await reserve([wanted(2, tea, cup)])).values();
    t.match(refused, { status: "too-many-units", productIds: [tea] });
    t.same(tally([await reserve([wanted(1)])]), { reserved: 1 }, "what still fits is reserved");
    t.same(await open(), { reservations: 4, units: { [tea]: 10 } });
  });

  t.test(`an account makes its quota of reservations in an hour, ${form}`, async (t) => {
    const { several, open } = account({ reservationsPerHour: 4 });
    const wanted = several(64);
    t.same(tally(await all(wanted)), { reserved: 4, "too-many-made": 60 });
    await reservations.release(
      wanted.map(({ id }) => id),
      now,
      soon(),
    );
    t.same(tally(await all(several(8))), { "too-many-made": 8 }, "also when they have ended");
    t.same(tally([await reserve(several(8), minutes(59))]), { "too-many-made": 8 });
    t.same(tally([await reserve(several(8), minutes(60))]), { reserved: 4, "too-many-made": 4 }, "an hour later");
    t.same(await open(), { reservations: 4, units: { [tea]: 4 } });
  });
}

t.test("a quota of one account leaves others alone", async (t) => {
  const [greedy, modest] = [account({ openReservations: 1 }), account({ openReservations: 1 })];
  const batch = [...greedy.several(50), modest.wanted(), ...greedy.several(50)];
  t.same(tally([await reserve(batch)]), { reserved: 2, "too-many-open": 99 });
  t.match(await modest.holds(), { reservations: 1 });
});

t.test("a repeated reservation counts once, also in parallel and when the quota is used up", async (t) => {
  const { wanted, holds } = account({ openReservations: 1, unitsPerProduct: 2 });
  const one = wanted(2);
  t.same(tally(await Promise.all(Array.from({ length: 16 }, () => reserve([one])))), { reserved: 16 });
  t.match(await holds(), { reservations: 1, units: { [tea]: 2 }, made: 1 });
});

t.test("a refused reservation counts nothing", async (t) => {
  const { wanted, holds } = account({ openReservations: 1 });
  t.same(tally([await reserve([wanted(1_000_000), wanted(1, newId())])]), { "out-of-stock": 1, "unknown-product": 1 });
  t.equal(await holds(), undefined);
  t.same(tally([await reserve([wanted(1_000_000), wanted(1)])]), { "out-of-stock": 1, reserved: 1 });
});

t.test("an order that ends in any way frees the quota, once", async (t) => {
  const { wanted, holds } = account();
  const made = Array.from({ length: 6 }, () => wanted(2, tea, cup));
  await reserve(made, now, minutes(1));
  const [sold = "", cancelled = "", released = "", expired = "", swept = "", kept = ""] = made.map(({ id }) => id);
  const later = minutes(2);
  await reservations.holdOpen([{ id: kept, eventId: newId() }], soon());
  const event = newId();
  for (const _ of ["first", "redelivered"]) await reservations.sellOnce(sold, now, soon(), event);
  t.match(await holds(), { reservations: 5, units: { [tea]: 10, [cup]: 10 } });
  await reservations.releaseOnce(cancelled, now, soon(), newId());
  for (const _ of ["first", "again"]) await reservations.release([released], now, soon());
  t.match(await holds(), { reservations: 3, units: { [tea]: 6, [cup]: 6 } });
  const again = { ...(made[3] as Wanted), id: expired };
  t.same(tally([await reserve([again], later)]), { closed: 1 });
  await reservations.expire(later, soon());
  t.match(await holds(), { reservations: 1, units: { [tea]: 2, [cup]: 2 } });
  await reservations.holdOnce(swept, later, soon(), newId());
  t.match(await holds(), { reservations: 2, units: { [tea]: 4, [cup]: 4 } }, "its order came late");
  await reservations.releaseOnce(sold, later, soon(), newId());
  for (const id of [swept, kept]) await reservations.releaseOnce(id, later, soon(), newId());
  t.match(await holds(), { reservations: 0, units: {}, made: 6 });
});

t.test("whatever runs at the same time, an account's counters are those of its open reservations", async (t) => {
  const act = fc.record({
    who: fc.nat(2),
    quantity: fc.integer({ min: 1, max: 3 }),
    both: fc.boolean(),
    end: fc.nat(3),
  });
  const property = fc.asyncProperty(
    fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { minLength: 8, maxLength: 16 }),
    async (all) => {
      const people = [1, 2, 3].map(() => account({ openReservations: 6, unitsPerProduct: 9 }));
      await Promise.all(
        all.map(async (batch) => {
          const wanted = batch.flatMap(
            ({ who, quantity, both }) => people[who]?.wanted(quantity, ...(both ? [tea, cup] : [cup])) ?? [],
          );
          await reserve(wanted);
          const ended = wanted.filter((_, place) => batch[place]?.end !== 0).map(({ id }) => id);
          await reservations.release(ended.toSorted(), now, soon());
        }),
      );
      for (const one of people) {
        const open = await one.open();
        t.match((await one.holds()) ?? { reservations: 0, units: {} }, open);
        t.ok(
          (open.reservations ?? 0) <= 6 && Object.values(open.units).every((units) => units <= 9),
          "within the quota",
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 25 });
});
