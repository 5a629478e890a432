import { apps } from "@sidecart/local/apps";
import type { Launched } from "@sidecart/local/launch";
import pg from "pg";

export type Line = { productId: string; quantity: number };
type Product = { id: string; name: string; price: string; onHand: number; reserved: number };
export type Reservation = { id: string; status: string; held: boolean; overdue: boolean; lines: Line[] };
export type Order = { id: string; status: string; version: number; reservationId: string; lines: Line[] };
type Person = { id: string; username: string; version: number };
type Transition = { orderId: string; version: number; from: string; to: string };

/** The data of all services, read from their databases directly. */
export type Books = {
  products: Product[];
  reservations: Reservation[];
  orders: Order[];
  transitions: Transition[];
  accounts: Person[];
  /** The accounts that orders knows from events. */
  known: Person[];
  /** The events that catalog has handled, by handler. */
  handled: Map<string, number>;
  /** Unpublished events, by service. */
  waiting: Map<string, number>;
  deadLetters: { service: string; topic: string; error: string }[];
};

const services = apps.filter(({ database }) => database).map(({ id }) => id);

/** A database whose server may restart between queries, so each query has its own connection. */
export async function ask<T>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end().catch(() => {});
  }
}

export async function readBooks(system: Launched): Promise<Books> {
  const catalog = <T>(text: string) => ask<T>(system.databaseUrl("catalog"), text);
  const orders = <T>(text: string) => ask<T>(system.databaseUrl("orders"), text);
  const handled = await catalog<{ handler: string; events: number }>(
    "select handler, count(*)::int as events from inbox group by handler",
  );
  return {
    products: await catalog<Product>('select id, name, price::text, on_hand as "onHand", reserved from products'),
    reservations: await catalog<Reservation>(
      `select id, status, lines, expires_at is null as held,
         coalesce(expires_at < now() - interval '15 seconds', false) as overdue
       from reservations`,
    ),
    orders: await orders<Order>(
      `select id, status, version, reservation_id as "reservationId",
         (select jsonb_agg(jsonb_build_object('productId', product_id, 'quantity', quantity))
          from order_lines where order_id = id) as lines
       from orders`,
    ),
    transitions: await orders<Transition>(
      `select order_id as "orderId", version, from_status as "from", to_status as "to"
       from order_transitions order by order_id, version`,
    ),
    accounts: await ask<Person>(system.databaseUrl("accounts"), "select id, username, version from accounts"),
    known: await orders<Person>("select id, username, version from known_accounts"),
    handled: new Map(handled.map(({ handler, events }) => [handler, events])),
    waiting: new Map(
      await Promise.all(services.map(async (service) => [service, await waiting(system, service)] as const)),
    ),
    deadLetters: (await Promise.all(services.map((service) => deadLetters(system, service)))).flat(),
  };
}

async function waiting(system: Launched, service: string): Promise<number> {
  const [row] = await ask<{ events: number }>(
    system.databaseUrl(service),
    "select count(*)::int as events from outbox",
  );
  return row?.events ?? 0;
}

function deadLetters(system: Launched, service: string) {
  return ask<{ service: string; topic: string; error: string }>(
    system.databaseUrl(service),
    "select $1 as service, topic, error from dead_letters",
    [service],
  );
}
