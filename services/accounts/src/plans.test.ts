import { background } from "@sidecart/platform/call";
import { outboxRow, pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import t from "tap";
import { everyStatementUsesIndexes, watchPlans } from "../../../tests/support/plans.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createAccountStore } from "./account-store.ts";
import { accountRegistered, accountUpdated } from "./events.ts";
import { createSessionStore } from "./session-store.ts";
import { hashToken } from "./tokens.ts";

const soon = () => background(20_000);
const now = new Date();
const later = new Date(now.getTime() + 60_000);

t.test("statements of accounts find their rows by index among 20,000 of each kind", async (t) => {
  const store = await startStore(t, "accounts");
  const { query } = store;
  await query(
    `insert into accounts (id, email, email_key, username, roles, created_at, updated_at)
     select gen_random_uuid(), n || '@a.test', n || '@a.test', 'Ann', '{customer}', now(), now()
     from generate_series(1, 20000) n`,
  );
  await query("insert into credentials select id, '$a', now() from accounts");
  await query(
    `insert into refresh_families (id, account_id, created_at, expires_at, password_changed_at)
     select gen_random_uuid(), id, now(), now() + interval '30 days', now() from accounts`,
  );
  await query(
    "insert into refresh_tokens select sha256(uuid_send(gen_random_uuid())), id, now() from refresh_families",
  );
  await query(
    "insert into login_attempts select sha256(n::text::bytea), 1, now(), '-infinity' from generate_series(1, 20000) n",
  );
  await query(
    "insert into outbox (id, topic, key, data) select gen_random_uuid(), 't', 'k', '{}' from generate_series(1, 20000)",
  );
  await query("analyze");

  const watch = watchPlans(store);
  const accounts = createAccountStore(watch.database);
  const id = newId();
  const mailbox = { id, email: "new@a.test", emailKey: "new@a.test", username: "Ann" };
  const event = outboxRow(accountRegistered, id, { accountId: id });
  await accounts.register({ ...mailbox, roles: ["customer"], passwordHash: "$a" }, now, event, soon());
  await accounts.byIds([id, newId()], soon());
  await accounts.newest(20, id, soon());
  await accounts.grantRoles(id, ["partner"], now, pendingEvent(accountUpdated, id), soon());

  const sessions = createSessionStore(watch.database);
  await sessions.attempt("new@a.test", now, soon());
  await sessions.attemptOn(id, now, soon());
  const [hash, next] = [hashToken("one"), hashToken("two")];
  const session = { familyId: newId(), accountId: id, passwordHash: "$a", hash, at: now, expiresAt: later };
  await sessions.open(session, soon());
  await sessions.rotate(hash, next, newId(), now, soon());
  await sessions.endFamily(next, now, soon());
  await sessions.endAll(id, now, soon());
  await sessions.changePassword(id, "$a", "$b", now, soon());
  await sessions.forget(now, soon());

  const large = ["accounts", "credentials", "refresh_families", "refresh_tokens", "login_attempts", "outbox"];
  await everyStatementUsesIndexes(t, watch, import.meta.dirname, large);
});
