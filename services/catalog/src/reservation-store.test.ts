import type { WrittenRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import fc from "fast-check";
import t from "tap";
import { amply } from "../../../tests/support/quotas.ts";
import { type Store, startStore } from "../../../tests/support/store.ts";
import { rowsWritten } from "../../../tests/support/written-rows.ts";
import type { Outcome, Wanted } from "./reservation.ts";
import { createReservationStore } from "./reservation-store.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.000Z");
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const later = minutes(20);

type Stock = { id: string; onHand: number; reserved: number; version: number };

/** New products with this stock. Returns their ids. */
async function stocked({ query }: Store, ...amounts: number[]): Promise<string[]> {
  const rows = amounts.map((onHand) => ({ id: newId(), onHand }));
  await query(
    `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
     select id, 'A thing', '', 1290, 'EUR', 'tea', "onHand", now(), now()
     from jsonb_to_recordset($1) as p(id uuid, "onHand" int)`,
    [JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}

async function stockOf({ query }: Store, ids: string[]): Promise<Stock[]> {
  const rows = await query<Stock>(
    'select id, on_hand as "onHand", reserved, version from products where id = any ($1)',
    [ids],
  );
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
}

const lineOf = (productId: string, quantity: number) => ({ productId, quantity });
const wantedOf = (...lines: { productId: string; quantity: number }[]): Wanted => ({
  id: newId(),
  accountId: newId(),
  quota: amply,
  lines,
});
const statuses = (wanted: Wanted[], outcomes: Map<string, Outcome>) => wanted.map(({ id }) => outcomes.get(id)?.status);

const store = await startStore(t, "catalog");
const { database, query, written } = store;
const reservations = createReservationStore(database);
const reserve = (wanted: Wanted[]) => reservations.reserve(wanted, now, later, soon());
const events = (id: string) =>
  query<{ topic: string; data: Record<string, unknown> }>(
    "select topic, data from outbox where key = $1 order by (data->>'version')::int, topic",
    [id],
  );
const statusOf = async (ids: string[]) => {
  const rows = await query<{ id: string; status: string }>("select id, status from reservations where id = any ($1)", [
    ids,
  ]);
  return ids.map((id) => rows.find((row) => row.id === id)?.status);
};

t.test("a reservation has prices, and its units are no longer available", async (t) => {
  const [tea = "", cup = ""] = await stocked(store, 10, 3);
  const one = wantedOf(lineOf(tea, 4), lineOf(cup, 3));
  const outcome = (await reserve([one])).get(one.id);
  const priced = { price: 1290, currency: "EUR", name: "A thing", partnerId: null };
  t.match(outcome, { status: "reserved", productIds: [] });
  t.same(
    new Set(outcome?.lines),
    new Set([
      { productId: tea, quantity: 4, ...priced },
      { productId: cup, quantity: 3, ...priced },
    ]),
  );
  t.match(await stockOf(store, [tea, cup]), [
    { onHand: 10, reserved: 4, version: 2 },
    { onHand: 3, reserved: 3, version: 2 },
  ]);
  t.match(await events(tea), [
    { topic: "catalog.stock-changed.v1", data: { productId: tea, stock: 6, version: 2, cause: "reserve" } },
  ]);
  t.match(
    await events(cup),
    [
      { topic: "catalog.stock-changed.v1", data: { stock: 0 } },
      { topic: "catalog.stock-depleted.v1", data: { productId: cup, version: 2 } },
    ],
    "the last unit is announced",
  );
});

t.test("all lines or none: a reservation that does not fit leaves the other lines alone", async (t) => {
  const [tea = "", cup = ""] = await stocked(store, 10, 1);
  const one = wantedOf(lineOf(tea, 4), lineOf(cup, 2));
  t.match((await reserve([one])).get(one.id), { status: "out-of-stock", productIds: [cup] });
  t.match(await stockOf(store, [tea, cup]), [{ reserved: 0, version: 1 }, { reserved: 0 }]);
  t.same(await statusOf([one.id]), [undefined]);
  t.same(await events(tea), []);
});

t.test("an unknown or deleted product is named", async (t) => {
  const [tea = "", gone = ""] = await stocked(store, 10, 10);
  await query("update products set deleted_at = now() where id = $1", [gone]);
  const unknown = newId();
  const wanted = [wantedOf(lineOf(tea, 1), lineOf(gone, 1)), wantedOf(lineOf(unknown, 1)), wantedOf(lineOf(tea, 1))];
  const outcomes = await reserve(wanted);
  t.same(statuses(wanted, outcomes), ["unknown-product", "unknown-product", "reserved"]);
  t.same(outcomes.get(wanted[0]?.id ?? "")?.productIds, [gone]);
  t.same(outcomes.get(wanted[1]?.id ?? "")?.productIds, [unknown]);
});

t.test("an empty batch does nothing", async (t) => {
  t.equal((await reserve([])).size, 0);
});

t.test("a refused reservation never fails others of its batch", async (t) => {
  const [tea = "", cup = ""] = await stocked(store, 5, 1);
  const wanted = [
    wantedOf(lineOf(tea, 5), lineOf(cup, 2)),
    wantedOf(lineOf(tea, 3)),
    wantedOf(lineOf(tea, 3), lineOf(cup, 1)),
    wantedOf(lineOf(tea, 2), lineOf(cup, 1)),
  ];
  t.same(statuses(wanted, await reserve(wanted)), ["out-of-stock", "reserved", "out-of-stock", "reserved"]);
  t.match(await stockOf(store, [tea, cup]), [{ reserved: 5 }, { reserved: 1 }]);
});

/** One after the other, in the requested order. */
function sequentially(wanted: Wanted[], stock: Map<string, number>): string[] {
  return wanted.map(({ lines }) => {
    if (lines.some(({ productId }) => !stock.has(productId))) return "unknown-product";
    if (lines.some(({ productId, quantity }) => quantity > (stock.get(productId) ?? 0))) return "out-of-stock";
    for (const { productId, quantity } of lines) stock.set(productId, (stock.get(productId) ?? 0) - quantity);
    return "reserved";
  });
}

// Line products are indexes into the list of products. The last index is a product that does not exist.
const place = fc.nat({ max: 4 });
const lines = fc.uniqueArray(fc.record({ place, quantity: fc.integer({ min: 1, max: 6 }) }), {
  selector: (line) => line.place,
  minLength: 1,
  maxLength: 4,
});
const stocks = fc.array(fc.nat({ max: 25 }), { minLength: 4, maxLength: 4 });
const toWanted = (products: string[], batch: { place: number; quantity: number }[][]) =>
  batch.map((some) => wantedOf(...some.map((line) => lineOf(products[line.place] ?? newId(), line.quantity))));

t.test("a batch ends as if its reservations had been made one after the other", async (t) => {
  const batches = fc.array(lines, { minLength: 1, maxLength: 25 });
  const property = fc.asyncProperty(stocks, batches, async (amounts, batch) => {
    const products = await stocked(store, ...amounts);
    const wanted = toWanted([...products, newId()], batch);
    const stock = new Map(products.map((id, at) => [id, amounts[at] ?? 0]));
    const outcomes = await reserve(wanted);
    t.same(statuses(wanted, outcomes), sequentially(wanted, stock));
    t.same(
      (await stockOf(store, products)).map(({ onHand, reserved }) => onHand - reserved),
      [...stock.values()],
    );
  });
  await fc.assert(property, { numRuns: 60 });
  t.pass("60 random batches");
});

t.test(
  "parallel batches: never below zero, all lines or none, and no reservation is refused that would have fitted",
  async (t) => {
    const batches = fc.array(fc.array(lines, { minLength: 1, maxLength: 6 }), { minLength: 8, maxLength: 16 });
    const property = fc.asyncProperty(stocks, batches, async (amounts, all) => {
      const products = await stocked(store, ...amounts);
      const requests = all.map((batch) => toWanted([...products, newId()], batch));
      const answers = await Promise.all(requests.map(reserve));
      const decided = requests.flatMap((batch, at) =>
        batch.map((one) => ({ ...one, status: answers[at]?.get(one.id)?.status })),
      );
      const left = new Map(products.map((id, at) => [id, amounts[at] ?? 0]));
      for (const { lines } of decided.filter(({ status }) => status === "reserved")) {
        for (const { productId, quantity } of lines) left.set(productId, (left.get(productId) ?? 0) - quantity);
      }
      t.ok(
        [...left.values()].every((units) => units >= 0),
        "never below zero",
      );
      t.same(
        (await stockOf(store, products)).map(({ onHand, reserved }) => onHand - reserved),
        [...left.values()],
        "the stock is what the reservations left",
      );
      // Stock only fell, so a refused reservation must not fit now either.
      const wronged = decided.filter(
        ({ status, lines }) =>
          status === "out-of-stock" && lines.every(({ productId, quantity }) => quantity <= (left.get(productId) ?? 0)),
      );
      t.same(wronged, []);
      for (const [at, product] of products.entries()) {
        const known = await events(product);
        const depleted = known.filter(({ topic }) => topic === "catalog.stock-depleted.v1");
        t.equal(depleted.length, left.get(product) === 0 && amounts[at] !== 0 ? 1 : 0, "depletion is published once");
      }
    });
    await fc.assert(property, { numRuns: 12 });
  },
);

for (const [form, asBatches] of [
  ["in one batch", (wanted: Wanted[]) => [wanted]],
  ["in 64 parallel batches", (wanted: Wanted[]) => wanted.map((one) => [one])],
] as const) {
  t.test(`64 callers for 50 units ${form}: exactly 50 succeed`, async (t) => {
    const [hot = ""] = await stocked(store, 50);
    const wanted = Array.from({ length: 64 }, () => wantedOf(lineOf(hot, 1)));
    const answers = await Promise.all(asBatches(wanted).map(reserve));
    const all = answers.flatMap((outcomes) => [...outcomes.values()]);
    t.equal(all.filter(({ status }) => status === "reserved").length, 50);
    t.equal(all.filter(({ status }) => status === "out-of-stock").length, 14);
    t.match(await stockOf(store, [hot]), [{ onHand: 50, reserved: 50 }]);
  });
}

t.test("a repeated id returns the first outcome, and reserves stock once", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const one = wantedOf(lineOf(tea, 4));
  const first = await reserve([one]);
  t.same(await reserve([one]), first);
  t.match(await stockOf(store, [tea]), [{ reserved: 4 }]);
});

t.test("one id in many parallel calls reserves stock once, and every call succeeds", async (t) => {
  for (const units of [100, 4]) {
    const [tea = ""] = await stocked(store, units);
    const one = wantedOf(lineOf(tea, 4));
    const answers = await Promise.all(Array.from({ length: 16 }, () => reserve([one])));
    t.same(new Set(answers.map((outcomes) => outcomes.get(one.id)?.status)), new Set(["reserved"]));
    t.match(await stockOf(store, [tea]), [{ reserved: 4, version: 2 }], `of ${units} units`);
  }
});

t.test("batches that share ids and products in different orders do not deadlock", async (t) => {
  const products = await stocked(store, 1_000, 1_000, 1_000, 1_000);
  const wanted = Array.from({ length: 12 }, () => wantedOf(...products.map((id) => lineOf(id, 1))));
  const orders = Array.from({ length: 12 }, (_, at) =>
    [...wanted.slice(at), ...wanted.slice(0, at)].map(({ lines, ...one }) => ({
      ...one,
      lines: at % 2 ? lines.toReversed() : lines,
    })),
  );
  const answers = await Promise.all(orders.map(reserve));
  t.ok(answers.every((outcomes) => [...outcomes.values()].every(({ status }) => status === "reserved")));
  t.match(
    await stockOf(store, products),
    products.map(() => ({ reserved: 12 })),
  );
});

const release = (...ids: string[]) => reservations.release(ids, now, soon());
const endings = {
  hold: (id: string, event = newId()) => reservations.holdOnce(id, now, soon(), event),
  sell: (id: string, event = newId()) => reservations.sellOnce(id, now, soon(), event),
  release: (id: string, event = newId()) => reservations.releaseOnce(id, now, soon(), event),
};
const lost = { code: "RESERVATION_LOST" };
const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);

t.test("a released reservation returns its stock, once", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const wanted = [wantedOf(lineOf(tea, 4)), wantedOf(lineOf(tea, 5))];
  await reserve(wanted);
  const ids = wanted.map(({ id }) => id);
  t.equal(await release(...ids), 2);
  t.equal(await release(...ids), 0);
  t.match(await stockOf(store, [tea]), [{ onHand: 10, reserved: 0, version: 3 }]);
  t.same(await statusOf(ids), ["released", "released"]);
  t.match((await events(tea)).at(-1)?.data, { stock: 10, version: 3, cause: "release" });
  t.equal((await reserve(wanted)).get(ids[0] ?? "")?.status, "closed", "its id is used up");
  t.equal(await release(newId()), 0);
  t.equal(await release(), 0);
});

t.test("sold units leave the stock", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const one = wantedOf(lineOf(tea, 4));
  await reserve([one]);
  t.equal(await endings.sell(one.id), 1);
  t.equal(await endings.sell(one.id), 0);
  t.match(await stockOf(store, [tea]), [{ onHand: 6, reserved: 0 }]);
  t.same(await statusOf([one.id]), ["sold"]);
  t.match((await events(tea)).at(-1)?.data, { stock: 6, cause: "sell" });
  t.equal(await release(one.id), 0, "only an event returns them");
});

t.test("an event with many concurrent deliveries has its effect once", async (t) => {
  for (const end of [endings.release, endings.sell]) {
    const [tea = ""] = await stocked(store, 10);
    const one = wantedOf(lineOf(tea, 4));
    await reserve([one]);
    const event = newId();
    t.equal(sum(await Promise.all(Array.from({ length: 12 }, () => end(one.id, event)))), 1);
    t.match(await stockOf(store, [tea]), [{ reserved: 0, version: 3 }]);
  }
});

t.test("sold and cancelled, in any order and concurrently, returns everything exactly once", async (t) => {
  for (let turn = 0; turn < 10; turn += 1) {
    const [tea = ""] = await stocked(store, 10);
    const one = wantedOf(lineOf(tea, 4));
    await reserve([one]);
    await Promise.all([endings.sell(one.id), endings.release(one.id), endings.release(one.id)]);
    t.match(await stockOf(store, [tea]), [{ onHand: 10, reserved: 0 }]);
    t.same(await statusOf([one.id]), ["released"]);
  }
});

t.test("an event about an unknown reservation fails, and can be handled later", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const one = wantedOf(lineOf(tea, 4));
  for (const end of Object.values(endings)) {
    const event = newId();
    await t.rejects(end(one.id, event), lost);
    await t.rejects(end(one.id, event), lost, "the first time left no rows");
  }
  const event = newId();
  await t.rejects(endings.hold(one.id, event), lost);
  await reserve([one]);
  t.equal(await endings.hold(one.id, event), 1);
});

t.test("a reservation expires when its time has passed, not earlier, and not once it is held", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const [due, held, young] = [wantedOf(lineOf(tea, 1)), wantedOf(lineOf(tea, 2)), wantedOf(lineOf(tea, 3))];
  await reservations.reserve([due, held], now, minutes(1), soon());
  await reservations.reserve([young], now, minutes(9), soon());
  const event = newId();
  t.equal(await endings.hold(held.id, event), 1);
  t.equal(await endings.hold(held.id, event), 0, "the same event again");
  await reservations.expire(minutes(2), soon());
  t.same(await statusOf([due.id, held.id, young.id]), ["expired", "open", "open"]);
  t.match(await stockOf(store, [tea]), [{ onHand: 10, reserved: 5 }]);
  t.match((await events(tea)).at(-1)?.data, { stock: 5, cause: "expire" });
  await release(held.id, young.id);
});

t.test("a late order reserves its stock again while it is available, held or sold", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const [held, sold] = [wantedOf(lineOf(tea, 4)), wantedOf(lineOf(tea, 4))];
  await reservations.reserve([held, sold], now, minutes(1), soon());
  await reservations.expire(minutes(2), soon());
  t.match(await stockOf(store, [tea]), [{ onHand: 10, reserved: 0 }]);
  t.equal(await endings.hold(held.id), 1);
  t.equal(await endings.sell(sold.id), 1);
  t.match(await stockOf(store, [tea]), [{ onHand: 6, reserved: 4 }]);
  t.same(await statusOf([held.id, sold.id]), ["open", "sold"]);
  await reservations.expire(minutes(60), soon());
  t.same(await statusOf([held.id]), ["open"], "it does not expire again");
});

t.test("an order that comes too late loses its stock, and never takes another's", async (t) => {
  for (const end of [endings.hold, endings.sell]) {
    const [tea = ""] = await stocked(store, 5);
    const [late, other] = [wantedOf(lineOf(tea, 4)), wantedOf(lineOf(tea, 4))];
    await reservations.reserve([late], now, minutes(1), soon());
    await reservations.expire(minutes(2), soon());
    await reserve([other]);
    const event = newId();
    await t.rejects(end(late.id, event), lost);
    t.match(await stockOf(store, [tea]), [{ onHand: 5, reserved: 4 }]);
    await release(other.id);
    t.equal(await end(late.id, event), 1, "the same event, once there is stock again");
    await t.resolves(endings.release(late.id), "and it can still be cancelled");
  }
});

t.test("reserving again extends the expiry; an expired reservation stays expired", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const one = wantedOf(lineOf(tea, 4));
  await reservations.reserve([one], now, minutes(1), soon());
  await reservations.reserve([one], now, minutes(9), soon());
  await reservations.reserve([one], now, minutes(3), soon());
  await reservations.expire(minutes(8), soon());
  t.same(await statusOf([one.id]), ["open"], "the latest expiry counts");
  written.kicks = 0;
  const answer = await reservations.reserve([one], minutes(10), minutes(30), soon());
  t.equal(answer.get(one.id)?.status, "closed", "although no sweep has run");
  t.equal(written.kicks, 1, "its stock is back, and that is published at once");
  t.same(await statusOf([one.id]), ["expired"]);
  t.match(await stockOf(store, [tea]), [{ reserved: 0 }]);
  const held = wantedOf(lineOf(tea, 4));
  await reserve([held]);
  await endings.hold(held.id);
  await reserve([held]);
  await reservations.expire(minutes(60), soon());
  t.same(await statusOf([held.id]), ["open"], "a held reservation has no expiry that could be extended");
});

t.test("of four concurrent sweeps each reservation expires in one", async (t) => {
  const [tea = ""] = await stocked(store, 1_000);
  const wanted = Array.from({ length: 100 }, () => wantedOf(lineOf(tea, 1)));
  await reservations.reserve(wanted, now, minutes(1), soon());
  t.equal(sum(await Promise.all(Array.from({ length: 4 }, () => reservations.expire(minutes(2), soon())))), 100);
  t.match(await stockOf(store, [tea]), [{ onHand: 1_000, reserved: 0 }]);
});

t.test("a sweep expires more than one statement does", async (t) => {
  const [tea = ""] = await stocked(store, 2_000);
  const wanted = Array.from({ length: 1_001 }, () => wantedOf(lineOf(tea, 1)));
  await reservations.reserve(wanted, now, minutes(1), soon());
  t.equal(await reservations.expire(minutes(2), soon()), 1_001);
  t.equal(await reservations.expire(minutes(2), soon()), 0);
  t.match(await stockOf(store, [tea]), [{ reserved: 0 }]);
});

t.test("reservations that ended long ago are deleted, and no others", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const [open, sold] = [wantedOf(lineOf(tea, 1)), wantedOf(lineOf(tea, 1))];
  await reserve([open, sold]);
  await endings.sell(sold.id);
  const days = (count: number) => minutes(count * 24 * 60);
  t.equal(await reservations.prune(days(30), soon()), 0);
  await reservations.prune(days(31), soon());
  t.same(await statusOf([open.id, sold.id]), ["open", undefined]);
  t.match(await stockOf(store, [tea]), [{ onHand: 9, reserved: 1 }]);
});

t.test("concurrent reserving, releasing, selling and expiring leaves consistent stock", async (t) => {
  const products = await stocked(store, 60, 60, 60);
  const wanted = Array.from({ length: 60 }, (_, at) =>
    wantedOf(...products.filter((_, place) => (at + place) % 3).map((id) => lineOf(id, 1 + (at % 2)))),
  );
  // Like an event's redelivery: a statement that a CHECK refused is retried, and then sees that the stock is gone.
  const sell = (id: string, event = newId()) =>
    endings
      .sell(id, event)
      .catch(() => endings.sell(id, event))
      .catch((error) => {
        if (error.code !== lost.code) throw error;
      });
  const ends = [release, sell, endings.release, async () => {}];
  await Promise.all([
    ...wanted.map(async (one, at) => {
      await reservations.reserve([one], now, minutes(at % 5), soon());
      await ends[at % 4]?.(one.id);
    }),
    ...Array.from({ length: 5 }, () => reservations.expire(minutes(2), soon())),
  ]);
  const open = await query<{ id: string; units: number }>(
    `select l->>'productId' as id, sum((l->>'quantity')::int)::int as units
     from reservations, jsonb_array_elements(lines) l where status = 'open' and l->>'productId' = any ($1) group by 1`,
    [products],
  );
  const sold = await query<{ id: string; units: number }>(
    `select l->>'productId' as id, sum((l->>'quantity')::int)::int as units
     from reservations, jsonb_array_elements(lines) l where status = 'sold' and l->>'productId' = any ($1) group by 1`,
    [products],
  );
  const units = (rows: typeof open, id: string) => rows.find((row) => row.id === id)?.units ?? 0;
  t.match(
    await stockOf(store, products),
    products.map((id) => ({ onHand: 60 - units(sold, id), reserved: units(open, id) })),
  );
  t.ok(open.length > 0 && sold.length > 0, "of each kind there were some");
});

t.test(
  "an event that was handled before changes nothing, whatever has happened to its reservation since",
  async (t) => {
    const [tea = ""] = await stocked(store, 10);
    const one = wantedOf(lineOf(tea, 4));
    await reserve([one]);
    const event = newId();
    t.equal(await endings.release(one.id, event), 1);
    await query("update reservations set status = 'open' where id = $1", [one.id]);
    await query("update products set reserved = 4 where id = $1", [tea]);
    t.equal(await endings.release(one.id, event), 0);
    t.same(await statusOf([one.id]), ["open"]);
    await query("delete from reservations where id = $1", [one.id]);
    t.equal(await endings.release(one.id, event), 0, "nor is it reported as lost");
  },
);

t.test("a cancelled order is not held late, though its reservation expired before", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const one = wantedOf(lineOf(tea, 4));
  await reservations.reserve([one], now, minutes(1), soon());
  await reservations.expire(minutes(2), soon());
  t.equal(await endings.release(one.id), 1);
  t.equal(await endings.hold(one.id), 0);
  t.equal(await endings.sell(one.id), 0);
  t.match(await stockOf(store, [tea]), [{ onHand: 10, reserved: 0 }]);
});

t.test(
  "a late order that takes the last units publishes a depletion; a paid order publishes nothing new",
  async (t) => {
    const [tea = "", cup = ""] = await stocked(store, 4, 4);
    const [late, early] = [wantedOf(lineOf(tea, 4)), wantedOf(lineOf(cup, 4))];
    await reservations.reserve([late], now, minutes(1), soon());
    await reservations.expire(minutes(2), soon());
    await reserve([early]);
    await endings.sell(late.id);
    await endings.sell(early.id);
    const depleted = async (id: string) => (await events(id)).filter(({ topic }) => topic.includes("depleted")).length;
    t.equal(await depleted(tea), 2, "once when it was reserved, once when it was reserved again");
    t.equal(await depleted(cup), 1);
  },
);

t.test("repeated concurrent reserving and releasing of the same ids fails no call", async (t) => {
  const products = await stocked(store, 1_000_000, 1_000_000);
  for (let round = 0; round < 150; round += 1) {
    const wanted = Array.from({ length: 3 }, () => wantedOf(...products.map((id) => lineOf(id, 1))));
    const ids = wanted.map(({ id }) => id);
    await Promise.all([
      reserve(wanted),
      release(...ids),
      reserve(wanted.toReversed()),
      release(...ids),
      reserve(wanted),
      reservations.expire(minutes(60), soon()),
    ]);
  }
  const [open] = await query<{ count: number }>(
    "select count(*)::int as count from reservations where status = 'open' and lines->0->>'productId' = any ($1)",
    [products],
  );
  t.match(
    await stockOf(store, products),
    products.map(() => ({ reserved: open?.count })),
  );
});

t.test("ids of events sort by time, like those made outside the database", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const before = newId();
  await reserve([wantedOf(lineOf(tea, 1))]);
  const after = newId();
  const [{ id } = { id: "" }] = await query<{ id: string }>("select id from outbox where key = $1", [tea]);
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.ok(before.slice(0, 13) <= id.slice(0, 13) && id.slice(0, 13) <= after.slice(0, 13), id);
});

t.test(
  "events of reservations are handed over as they were written, and no other relay claims them for a while",
  async (t) => {
    const [tea = "", cup = ""] = await stocked(store, 10, 1);
    written.rows.length = 0;
    await reserve([wantedOf(lineOf(tea, 1)), wantedOf(lineOf(cup, 1))]);
    const rows = await rowsWritten(store, "key = any ($1)", [[tea, cup]]);
    const byId = (one: WrittenRow, other: WrittenRow) => (one.id < other.id ? -1 : 1);
    t.same(written.rows.toSorted(byId), rows.map(({ row }) => row).sort(byId));
    t.equal(rows.length, 3, "two changed, one of them is sold out");
    t.ok(rows.every(({ seconds }) => seconds > 5 && seconds <= 10));
  },
);

t.test("a product that changes while a batch waits for its lock is judged by its new state", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const other = await store.connect();
  await other.query("begin");
  await other.query("update products set on_hand = 3, price = 990, version = version + 1 where id = $1", [tea]);
  const wanted = [wantedOf(lineOf(tea, 4)), wantedOf(lineOf(tea, 2))];
  const waiting = reserve(wanted);
  await store.untilBlocked();
  await other.query("commit");
  const outcomes = await waiting;
  t.same(statuses(wanted, outcomes), ["out-of-stock", "reserved"]);
  t.match(outcomes.get(wanted[1]?.id ?? "")?.lines, [{ price: 990 }]);
  t.match(await stockOf(store, [tea]), [{ onHand: 3, reserved: 2 }]);
});

t.test("a statement that waits too long for a lock is a failure, not an empty response", async (t) => {
  const [tea = ""] = await stocked(store, 10);
  const other = await store.connect();
  await other.query("begin");
  await other.query("select from products where id = $1 for update", [tea]);
  const one = wantedOf(lineOf(tea, 4));
  await t.rejects(reserve([one]), { code: "UNAVAILABLE", status: "UNAVAILABLE" });
  await other.query("rollback");
  t.match((await reserve([one])).get(one.id), { status: "reserved" }, "and can be retried");
});
