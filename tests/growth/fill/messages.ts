import type { Fill } from "./fill.ts";

/** `size` handled events. One in fifty is past its retention. */
export const fillInbox: Fill = async (query, size) => {
  await query(
    `insert into inbox
     select uuidv7(n * interval '-1 second'), 'sell',
       now() - case when n % 50 = 0 then interval '15 days' else interval '1 day' end
     from generate_series($1::int, 1, -1) n`,
    [size],
  );
};

/** An inbox, and as many events in the outbox, as in a broker outage, and as many dead letters. */
export const fillMessages: Fill = async (query, size) => {
  await fillInbox(query, size);
  await query(
    `insert into outbox (id, topic, key, data)
     select uuidv7(n * interval '-1 second'), 'catalog.stock-changed.v1', n::text,
       jsonb_build_object('stock', n, 'version', 3)
     from generate_series($1::int, 1, -1) n`,
    [size],
  );
  await query(
    `insert into dead_letters
     select uuidv7(n * interval '-1 second'), 't', '{}', 'no', 5, now() - n * interval '1 second'
     from generate_series($1::int, 1, -1) n`,
    [size],
  );
};
