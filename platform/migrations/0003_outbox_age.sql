-- Up Migration
-- Finds the oldest unpublished event quickly in an outbox of any size (platform/src/run/backlog.ts). An outbox is
-- usually short, so the index is created in moments.
create index outbox_age on outbox (created_at);
