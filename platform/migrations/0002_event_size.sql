-- Up Migration
-- What is larger is refused by one broker or another (maxEventBytes in platform/src/events.ts) and would wait for ever.
alter table outbox add constraint outbox_event_size check (octet_length(data::text) <= 1000000);
