-- After a restore: the event of the present status of each order that changed since $1. Catalog's handlers change nothing
-- when the reservation has that status already.
insert into outbox (id, topic, key, data)
select gen_random_uuid(), happened.topic, o.id::text, jsonb_build_object('order',
  jsonb_build_object('id', o.id, 'accountId', o.account_id, 'status', o.status, 'reservationId', o.reservation_id,
    'priceTotal', o.price_total::text, 'currency', o.currency, 'version', o.version, 'lines', (
      select jsonb_agg(jsonb_build_object('productId', l.product_id, 'quantity', l.quantity, 'price', l.price::text)
        order by l.product_id)
      from order_lines l where l.order_id = o.id)))
from orders o
join (values
  ('pending_payment', 'orders.order-placed.v1'),
  ('paid', 'orders.order-paid.v1'),
  ('preparing', 'orders.order-paid.v1'),
  ('ready', 'orders.order-paid.v1'),
  ('assigned', 'orders.order-paid.v1'),
  ('picked_up', 'orders.order-paid.v1'),
  ('delivered', 'orders.order-paid.v1'),
  ('cancelled', 'orders.order-cancelled.v1'),
  ('expired', 'orders.order-expired.v1')) as happened(status, topic) on happened.status = o.status
where o.updated_at >= $1
