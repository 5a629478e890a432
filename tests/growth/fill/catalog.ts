import type { Fill } from "./fill.ts";

/** `size` products and as many rows of each dependent table, as after years of operation. */
export const fillCatalog: Fill = async (query, size) => {
  await query(
    `insert into partners select uuidv7(), 'Shop ' || n, true, 1 from generate_series(1, greatest(10, $1::int / 100)) n`,
    [size],
  );
  await query(
    `insert into products (id, name, description, price, currency, category, attributes, partner_id, on_hand, created_at,
       updated_at, deleted_at)
     select uuidv7(n * interval '-1 minute'), 'Tea ' || n, repeat('Green tea of the hills. ', 8), 1290, 'EUR',
       'category ' || n % 40, '{"origin": "Assam", "grams": "250"}', (array(select account_id from partners))[1 + n % 10],
       1000000, now() - n * interval '1 minute', now(), case when n % 100 = 0 then now() end
     from generate_series($1::int, 1, -1) n`,
    [size],
  );
  await query(
    `insert into inventory_changes
     select uuidv7(), id, 'add', 1, 'delivered', gen_random_uuid(), 1000, created_at from products on conflict do nothing`,
  );
  // One in ten is open, half of those for an order. Of the closed ones, one in fifty is past its retention.
  await query(
    `insert into reservations (id, status, lines, created_at, expires_at, closed_at)
     select uuidv7(n * interval '-1 second'), case when n % 10 = 0 then 'open' else 'sold' end, (
         select jsonb_agg(jsonb_build_object('productId', p.id, 'quantity', 1, 'price', 1290, 'currency', 'EUR',
           'name', 'Tea', 'partnerId', null)) from (select id from products limit 2 offset n % 10) p), now(),
       case when n % 20 <> 0 then now() + n * interval '1 second' end,
       case when n % 10 <> 0 then now() - case when n % 50 = 1 then interval '31 days' else n % 29 * interval '1 day' end end
     from generate_series($1::int, 1, -1) n`,
    [size],
  );
  await query(`insert into index_queue select id, now() from products on conflict do nothing`);
};
