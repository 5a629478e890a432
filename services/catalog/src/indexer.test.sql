-- include: index-queue-store.sql

-- name: test.note
with input as (:input(ids uuid[])),
noted as (:note_for_index(select distinct unnest(ids) as id from input))
select '{}'::text
