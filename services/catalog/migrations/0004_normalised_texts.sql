-- Up Migration
-- Texts are stored and compared in Unicode's form NFC. Keys of attributes that would become one stay as they are, so that
-- no value is lost.
with named as (
  select p.id, p.name, p.description, p.category, p.attributes,
    (select coalesce(jsonb_object_agg(case when together then key else normalize(key, nfc) end, normalize(value, nfc)), '{}')
      from (select key, value, count(*) over (partition by normalize(key, nfc)) > 1 as together
        from jsonb_each_text(p.attributes)) as entry) as normalised
  from products p),
changed as (
  update products p set name = normalize(p.name, nfc), description = normalize(p.description, nfc),
    category = normalize(p.category, nfc), attributes = named.normalised, version = p.version + 1, updated_at = now()
  from named
  where p.id = named.id and (p.name is not nfc normalized or p.description is not nfc normalized
    or p.category is not nfc normalized or p.attributes <> named.normalised)
  returning p.id)
insert into index_queue (product_id, noted_at) select id, clock_timestamp() from changed order by id
  on conflict (product_id) do update set claimed_until = '-infinity',
    noted_at = greatest(excluded.noted_at, index_queue.noted_at + interval '1 microsecond');
