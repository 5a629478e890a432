import type { Fill } from "./fill.ts";

/** `size` accounts, each with a session and a log-in attempt. One in fifty of these is past its retention. */
export const fillAccounts: Fill = async (query, size) => {
  await query(
    `insert into accounts (id, email, email_key, username, roles, created_at, updated_at)
     select uuidv7(n * interval '-1 minute'), n || '@a.test', n || '@a.test', 'Ann ' || n, '{customer}', now(), now()
     from generate_series($1::int, 1, -1) n`,
    [size],
  );
  await query(
    "insert into credentials select id, '$argon2id$v=19$' || repeat('a', 80), now() from accounts on conflict do nothing",
  );
  await query(
    `insert into refresh_families (id, account_id, created_at, expires_at, password_changed_at)
     select uuidv7(), id, now(), now() + case when n % 50 = 0 then interval '-8 days' else interval '30 days' end, now()
     from (select id, row_number() over () as n from accounts) a`,
  );
  await query(
    "insert into refresh_tokens select sha256(uuid_send(gen_random_uuid())), id, now() from refresh_families",
  );
  await query(
    `insert into login_attempts
     select sha256(n::text::bytea), 1, now() - case when n % 50 = 0 then interval '2 days' else interval '0' end,
       '-infinity' from generate_series(1, $1::int) n`,
    [size],
  );
};
