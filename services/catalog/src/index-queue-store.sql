-- Part of a statement that changes what search shows. Queues the products that `changed` selects as `id`. `noted_at`
-- always grows, so the indexer can detect a change that was queued after its claim.
-- fragment: note_for_index(changed)
insert into index_queue (product_id, noted_at)
  select id, clock_timestamp() from (:changed) as changed order by id
  on conflict (product_id) do update set claimed_until = '-infinity',
    noted_at = greatest(excluded.noted_at, index_queue.noted_at + interval '1 microsecond')

-- Settles a batch and claims the next. A product that was queued again meanwhile stays due at once.
-- name: index-queue.next
with input as (:input(done jsonb, again jsonb, size int, lease int)),
done as (select d.* from input, :records(done, id uuid, noted_at timestamptz) as d),
again as (select a.* from input, :records(again, id uuid, noted_at timestamptz, after_seconds int) as a),
locked as (
  select product_id, noted_at from index_queue
  where product_id = any (array(select id from done union all select id from again)) order by product_id for update),
gone as (
  delete from index_queue q using done d
  where q.product_id = any (array(select id from done)) and q.product_id = d.id and q.noted_at = d.noted_at
    and (select count(*) from locked) >= 0),
back as (
  update index_queue q set claimed_until = now() + make_interval(secs => a.after_seconds)
  from again a where q.product_id = any (array(select id from again)) and q.product_id = a.id and q.noted_at = a.noted_at
    and (select count(*) from locked) >= 0),
due as (
  select product_id from index_queue
  where claimed_until <= now() and (product_id, noted_at) not in (
    select id, noted_at from done union all select id, noted_at from again)
  order by claimed_until, noted_at limit (select size from input) for update skip locked),
claimed as (
  update index_queue q set claimed_until = now() + make_interval(secs => input.lease)
  from input where q.product_id = any (array(select product_id from due)) returning q.product_id, q.noted_at)
select coalesce(jsonb_agg(jsonb_build_object('id', product_id, 'notedAt', noted_at)), '[]')::text from claimed
