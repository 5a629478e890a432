-- 14 days is longer than any of our brokers keeps a message, so older events cannot be redelivered.
-- name: inbox.prune
with input as (:input(size int)),
old as (
  select ctid from inbox where handled_at < now() - interval '14 days' order by handled_at
  limit (select size from input)),
gone as (delete from inbox where ctid = any (array(select ctid from old)) returning 1)
select jsonb_build_object('gone', (select count(*) from gone))::text
