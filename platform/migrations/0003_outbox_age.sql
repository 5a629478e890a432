-- Up Migration
-- Finds the oldest event that waits, however many do (platform/src/run/backlog.ts). An outbox is short, so this is a moment's work.
create index outbox_age on outbox (created_at);
