-- Up Migration
-- The expanding half of a change: new, optional, and nothing of before is different for who does not know it.
alter table orders add column gift_note text;
alter table orders add constraint orders_gift_note_short check (octet_length(gift_note) <= 500) not valid;
