-- After a restore: sessions that were ended after the dump, and tokens that were used after it, are valid again. So all end.
update refresh_families set ended_at = now(), end_reason = 'restored' where ended_at is null
