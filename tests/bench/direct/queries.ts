import type pg from "pg";

type Order = { id: string; userId: string; status: string; quantity: number; priceTotal: number; currency: string };
export type Line = { productId: string; name: string; quantity: number; price: number };

/** A statement that is prepared once per connection. */
const statement = (name: string, text: string) => (values: unknown[]) => ({ name, text, values });

const productColumns = "id, name, description, price::int, on_hand - reserved as stock";
const product = statement("product", `select ${productColumns} from products where id = $1 and deleted_at is null`);
const products = statement(
  "products",
  `select ${productColumns} from products where deleted_at is null order by id desc limit $1`,
);
const orderColumns = `o.id, o.account_id as "userId", upper(o.status) as status, o.quantity, o.price_total::int as "priceTotal", o.currency,
  o.created_at as "createdAt"`;
const orders = statement(
  "orders",
  `select ${orderColumns} from orders o where o.account_id = $1 order by o.id desc limit $2`,
);
const order = statement(
  "order",
  `select ${orderColumns}, (select jsonb_agg(jsonb_build_object('productId', l.product_id, 'name', l.name,
     'quantity', l.quantity, 'price', l.price) order by l.product_id) from order_lines l where l.order_id = o.id)
     as "orderProducts"
   from orders o where o.id = $1 and o.account_id = $2`,
);

/** Takes stock and queues the product for the search index. Returns no row when the stock is too low. */
const reserve = statement(
  "reserve",
  `with taken as (
     update products set reserved = reserved + $3, version = version + 1, updated_at = now()
     where id = $2 and on_hand - reserved >= $3
     returning id, name, price, currency, on_hand - reserved as stock, version),
   kept as (
     insert into reservations (id, status, lines, created_at)
     select $1, 'open', jsonb_build_array(jsonb_build_object('productId', id, 'quantity', $3::int, 'price', price,
       'currency', currency, 'name', name)), now() from taken),
   event as (
     insert into outbox (id, topic, key, data)
     select gen_random_uuid(), 'catalog.stock-changed.v1', id::text, jsonb_build_object('productId', id, 'stock', stock,
       'version', version, 'cause', 'reserve') from taken)
   select name, price::int, currency from taken`,
);

const place = statement(
  "place",
  `with placed as (
     insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
       idempotency_key, request_hash, created_at, updated_at)
     values ($1::uuid, $2::uuid, 'pending_payment', 'pending', $5::int, $6::bigint * $5::int, $7, $8::uuid, $9, '',
       now(), now())),
   line as (
     insert into order_lines (order_id, product_id, name, quantity, price)
     values ($1::uuid, $3::uuid, $4, $5::int, $6::bigint)),
   transition as (
     insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at)
     values ($1::uuid, 1, '', 'pending_payment', $2::uuid::text, 'placed', now()))
   insert into outbox (id, topic, key, data)
   values (gen_random_uuid(), 'orders.order-placed.v1', $1::uuid::text, jsonb_build_object('id', $1::uuid,
     'accountId', $2::uuid, 'reservationId', $8::uuid,
     'lines', jsonb_build_array(jsonb_build_object('productId', $3::uuid, 'quantity', $5::int))))`,
);

export const readProduct = async (db: pg.Pool, id: string) => (await db.query(product([id]))).rows[0];
export const readProducts = async (db: pg.Pool, first: number) => (await db.query(products([first]))).rows;
export const readOrders = async (db: pg.Pool, account: string, first: number) =>
  (await db.query<Order>(orders([account, first]))).rows;
export const readOrder = async (db: pg.Pool, account: string, id: string) =>
  (await db.query<Order & { orderProducts: Line[] }>(order([id, account]))).rows[0];

export async function takeStock(db: pg.Pool, reservation: string, productId: string, quantity: number) {
  type Taken = { name: string; price: number; currency: string };
  return (await db.query<Taken>(reserve([reservation, productId, quantity]))).rows[0];
}

export async function writeOrder(db: pg.Pool, order: Order, line: Line, reservation: string, key: string) {
  const { id, userId, currency } = order;
  await db.query(place([id, userId, line.productId, line.name, line.quantity, line.price, currency, reservation, key]));
}
