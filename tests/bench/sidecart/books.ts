import pg from "pg";
import type { Books } from "../adapter.ts";
import { type Size, unitsInStock } from "../data-set.ts";
import { orderId, productId, reservationId } from "./ids.ts";

export type Databases = { catalog: pg.Pool; orders: pg.Pool };

export const openDatabases = (url: (service: "catalog" | "orders") => string): Databases => ({
  catalog: openPool(url("catalog")),
  orders: openPool(url("orders")),
});

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2 });
  // Closing connections may report that the server stops.
  return pool.on("error", () => {});
}

export async function closeDatabases({ catalog, orders }: Databases): Promise<void> {
  await Promise.all([catalog.end(), orders.end()]);
}

/** Totals of the orders since the data set was written. */
export async function readBooks({ catalog, orders }: Databases, size: Size): Promise<Books> {
  const [placed, kept, held, stock] = await Promise.all([
    orders.query("select count(*)::int as count from orders where id > $1", [orderId(size.orders)]),
    orders.query<{ id: string; units: number }>(
      "select product_id as id, sum(quantity)::int as units from order_lines where order_id > $1 group by 1",
      [orderId(size.orders)],
    ),
    catalog.query(
      `select (select count(*) from reservations where id > $1 and status = 'open' and expires_at is null)::int as reservations,
         (select count(*) from inbox where handler = 'hold')::int as handled`,
      [reservationId(size.orders)],
    ),
    catalog.query<{ id: string; units: number }>("select id, on_hand as units from products"),
  ]);
  const there = new Map(stock.rows.map(({ id, units }) => [id, units]));
  const over = kept.rows.map(({ id, units }) => Math.max(0, units - (there.get(id) ?? 0)));
  return { orders: placed.rows[0].count, oversold: over.reduce((sum, units) => sum + units, 0), ...held.rows[0] };
}

export async function setStock({ catalog }: Databases, product: number, units: number): Promise<void> {
  await catalog.query("update products set on_hand = reserved + $2 where id = $1", [productId(product), units]);
}

/** Restores the data set. No request or event may be in progress. */
export async function restore({ catalog, orders }: Databases, size: Size): Promise<void> {
  const last = orderId(size.orders);
  for (const table of ["order_lines", "order_transitions"])
    await orders.query(`delete from ${table} where order_id > $1`, [last]);
  await orders.query("delete from orders where id > $1", [last]);
  await catalog.query("delete from reservations where id > $1", [reservationId(size.orders)]);
  await catalog.query("delete from account_holds");
  await catalog.query("delete from inbox");
  await catalog.query("update products set reserved = 0, on_hand = $1 where reserved > 0 or on_hand <> $1", [
    unitsInStock,
  ]);
  for (const database of [catalog, orders]) await database.query("vacuum analyze");
}

/**
 * The latency of each event of a placed order: from its creation, right before the statement that writes order and event,
 * to the statement that holds the reservation. The event id is a UUIDv7 (RFC 9562): its first 48 bits are the time in ms.
 */
export async function eventTimes({ catalog }: Databases): Promise<number[]> {
  const { rows } = await catalog.query<{ id: string; handled: number }>(
    "select event_id as id, (extract(epoch from handled_at) * 1000)::float8 as handled from inbox where handler = 'hold'",
  );
  return rows.map(({ id, handled }) => handled - Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));
}
