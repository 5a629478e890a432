-- Up Migration
-- For forgetting those that ended long ago.
create index reservations_closed on reservations (closed_at) where closed_at is not null;
