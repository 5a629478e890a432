-- Up Migration
-- The event that was written with a transition, and the trace of the request that caused both. Null for older ones.
alter table order_transitions add column event_id uuid, add column traceparent text;
