-- Up Migration
alter table refresh_tokens
  -- The token pair that the first use of this token returned, encrypted with a key that is derived from the token. So only
  -- who has the token can read it. A second use within a few seconds returns the same pair.
  add column sealed bytea,
  -- The token that this one replaced. Null for the first of a family.
  add column previous bytea;
