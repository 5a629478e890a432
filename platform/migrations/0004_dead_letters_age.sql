-- Up Migration
-- A person has them handled again from the oldest on, however many there are.
create index dead_letters_age on dead_letters (died_at, event_id);
