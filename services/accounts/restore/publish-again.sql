-- After a restore: the whole state of each account that changed since $1. Subscribers keep the highest version.
insert into outbox (id, topic, key, data)
select gen_random_uuid(), 'accounts.account-updated.v1', a.id::text, jsonb_build_object('accountId', a.id, 'email', a.email,
  'username', a.username, 'roles', a.roles, 'version', a.version)
from accounts a where a.updated_at >= $1
