-- Up Migration
-- To delete old reservations.
create index reservations_closed on reservations (closed_at) where closed_at is not null;
