-- Up Migration
create table accounts (
  id uuid primary key,
  email text not null,
  -- The e-mail address as compared: case-folded and normalised.
  email_key text not null unique,
  username text not null,
  roles text[] not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table credentials (
  account_id uuid primary key references accounts (id),
  -- Argon2id in PHC string format.
  password_hash text not null,
  changed_at timestamptz not null
);

-- A family is one session: the refresh tokens that descend from one log-in. Ending the family ends the session.
create table refresh_families (
  id uuid primary key,
  account_id uuid not null references accounts (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the password was set with which the session was opened. A session of an older password is not valid.
  password_changed_at timestamptz not null,
  ended_at timestamptz,
  -- logged-out, reused or password-changed.
  end_reason text
);
create index refresh_families_open on refresh_families (account_id) where ended_at is null;
create index refresh_families_age on refresh_families (expires_at);

create table refresh_tokens (
  -- SHA-256 of the token, so that a leaked table does not permit a log-in.
  hash bytea primary key,
  family_id uuid not null references refresh_families (id),
  created_at timestamptz not null,
  used_at timestamptz,
  -- The command that used the token. The same command again is a retry; another one means that the token was stolen.
  used_by uuid
);
create index refresh_tokens_family on refresh_tokens (family_id);

-- Log-in attempts since the last success, by hash of the e-mail address, whether or not the account exists.
create table login_attempts (
  email_hash bytea primary key,
  attempts int not null,
  last_at timestamptz not null,
  blocked_until timestamptz not null
);
create index login_attempts_age on login_attempts (last_at);
