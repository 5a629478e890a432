-- The outbox statements of the relay.

-- Settles one batch and claims the next. Rows that another relay has locked are skipped, so that relays do not wait for
-- each other. A row that is settled here is not claimed in the same statement, even when its lease has expired: the
-- claim would override the settlement.
-- name: outbox.next
with input as (:input(published uuid[], failed uuid[], size int, bytes int, lease int)),
done as (
  select id from outbox where id = any (array(select unnest(published) from input)) order by id for update skip locked),
undone as (
  select id from outbox where id = any (array(select unnest(failed) from input)) order by id for update skip locked),
gone as (delete from outbox where id = any (array(select id from done))),
back as (update outbox set claimed_until = now() + interval '1 second' where id = any (array(select id from undone))),
due as (
  select id, claimed_until, octet_length(data::text) as bytes from outbox
  where claimed_until <= now() and id not in (select unnest(published || failed) from input)
  order by claimed_until, id limit (select size from input) for update skip locked),
fitting as (
  select id from (select id, sum(bytes) over first as sum, row_number() over first as place from due
                  window first as (order by claimed_until, id)) as summed, input
  where sum <= input.bytes or place = 1),
claimed as (
  update outbox o set claimed_until = now() + make_interval(secs => input.lease)
  from input where o.id = any (array(select id from fitting)) returning o.*)
select coalesce(json_agg(:outbox_json() order by id), '[]')::text from claimed
