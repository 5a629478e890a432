import type { Fill } from "./fill.ts";

/** `size` orders with two lines and two transitions, forty per account. One in a hundred is unpaid. */
export const fillOrders: Fill = async (query, size) => {
  await query(
    `insert into known_accounts select uuidv7(), 'Ann ' || n, 1 from generate_series(1, greatest(25, $1::int / 40)) n`,
    [size],
  );
  await query(
    `insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
       idempotency_key, request_hash, created_at, updated_at)
     select uuidv7(n * interval '-1 second'), people[1 + n % array_length(people, 1)],
       case when n % 100 = 0 then 'pending_payment' else 'paid' end, case when n % 100 = 0 then 'pending' else 'paid' end,
       2, 2580, 'EUR', uuidv7(), n::text, md5(n::text), now() - n * interval '1 second', now()
     from (select array_agg(id) as people from known_accounts) k, generate_series($1::int, 1, -1) n`,
    [size],
  );
  await query(
    `insert into order_lines
     select id, gen_random_uuid(), 'Green tea of the hills', 1, 1290 from orders, generate_series(1, 2) on conflict do nothing`,
  );
  await query(
    `insert into order_transitions
     select id, n, '', 'paid', account_id::text, 'placed', created_at from orders, generate_series(1, 2) n
     on conflict do nothing`,
  );
};
