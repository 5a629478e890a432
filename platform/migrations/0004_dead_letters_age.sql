-- Up Migration
-- For operators who redrive dead letters, oldest first.
create index dead_letters_age on dead_letters (died_at, event_id);
