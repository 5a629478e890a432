-- Up Migration
-- Counts like publishedBytes in platform/src/events/events.ts: without the spaces that Postgres writes after commas and
-- colons, and with six bytes for each character that the sidecar escapes.
create function published_bytes(data jsonb) returns int language sql immutable strict parallel safe as $$
  select octet_length(written) - (octet_length(bare) - octet_length(translate(bare, ' ', '')))
    + 5 * (octet_length(written) - octet_length(translate(written, '<>&', '')))
    + (octet_length(written) - octet_length(translate(written, e'\u2028\u2029', '')))
  from (select data::text as written) as w, regexp_replace(written, '"(?:[^"\\]|\\.)*"', '', 'g') as bare
$$;

-- A larger event would be refused by some broker (maxEventBytes in platform/src/events/events.ts) and stay in the
-- outbox forever. The first condition is a cheap test: a short text cannot exceed the limit when published.
alter table outbox add constraint outbox_event_size
  check (octet_length(data::text) <= 1000000 / 6 or published_bytes(data) <= 1000000);
