import { randomBytes } from "node:crypto";
import { outboxRow, pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background, type Role } from "@sidecart/platform/rpc";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createAccountStore, type Grant, type NewAccount } from "./account-store.ts";
import { createSessionStore } from "./session-store.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.123Z");

function fresh(fields: Partial<NewAccount> = {}): NewAccount {
  const id = newId();
  const email = `${id}@Example.com`;
  return {
    id,
    email,
    emailKey: email.toLowerCase(),
    username: "Žofie",
    roles: ["customer"],
    passwordHash: "$a",
    ...fields,
  };
}

const asStored = ({ id, email, username, roles }: NewAccount) => ({
  id,
  email,
  username,
  roles,
  version: 1,
  createdAt: now.toISOString(),
});

const { database, query } = await startStore(t, "accounts");
const accounts = createAccountStore(database);
const sessions = createSessionStore(database);
const register = (account: NewAccount) => {
  const { id: accountId, username, roles } = account;
  const event = outboxRow(AccountRegisteredSchema, accountId, { accountId, username, roles });
  return accounts.register(account, now, event, soon());
};
const events = (id: string) =>
  query<{ topic: string; data: object }>("select topic, data from outbox where key = $1 order by id", [id]);

t.test("an account is stored with its password, and published without it and its e-mail address", async (t) => {
  const account = fresh({ roles: ["admin", "customer"] });
  t.same(await register(account), asStored(account));
  t.same(await accounts.byIds([account.id], soon()), [asStored(account)]);
  t.same(await query("select password_hash, changed_at from credentials where account_id = $1", [account.id]), [
    { password_hash: "$a", changed_at: now },
  ]);
  const { username, roles } = account;
  t.same(await events(account.id), [
    { topic: "accounts.account-registered.v1", data: { accountId: account.id, username, roles } },
  ]);
});

t.test(
  "of many concurrent registrations of one e-mail address one succeeds, and the others leave no rows",
  async (t) => {
    const emailKey = `${newId()}@example.com`;
    const wanted = Array.from({ length: 30 }, () => fresh({ emailKey }));
    const made = (await Promise.all(wanted.map(register))).flatMap((account) => account?.id ?? []);
    t.equal(made.length, 1);
    const ids = wanted.map(({ id }) => id);
    t.same(
      (await accounts.byIds(ids, soon())).map(({ id }) => id),
      made,
    );
    const [left] = await query(
      `select (select count(*)::int from credentials where account_id = any ($1)) as secrets,
       (select count(*)::int from outbox where key = any ($2)) as events`,
      [ids, ids],
    );
    t.same(left, { secrets: 1, events: 1 });
  },
);

t.test("accounts are returned in the requested order, without unknown ones", async (t) => {
  const [one, two] = [fresh(), fresh()];
  for (const account of [one, two]) await register(account);
  const found = await accounts.byIds([two.id, newId(), one.id, two.id], soon());
  t.same(
    found.map(({ id }) => id),
    [two.id, one.id, two.id],
  );
  t.same(await accounts.byIds([], soon()), []);
});

t.test("pages are newest first, without gaps or repetitions", async (t) => {
  const ids: string[] = [];
  for (let at = 0; at < 7; at += 1) {
    const account = fresh();
    await register(account);
    ids.unshift(account.id);
  }
  const seen: string[] = [];
  for (let after: string | undefined; seen.length < ids.length; after = seen.at(-1)) {
    seen.push(...(await accounts.newest(3, after, soon())).map(({ id }) => id));
  }
  t.same(seen.slice(0, ids.length), ids);
  t.same(await accounts.newest(3, "00000000-0000-7000-8000-000000000000", soon()), []);
});

/** An admin with an open session. */
async function newAdmin() {
  const account = fresh({ roles: ["admin"] });
  await register(account);
  const familyId = newId();
  const session = { familyId, accountId: account.id, passwordHash: "$a", hash: randomBytes(32).toString("hex") };
  await sessions.open({ ...session, address: "", at: now, expiresAt: new Date(now.getTime() + 60_000) }, soon());
  return { accountId: account.id, sessionId: familyId, hash: session.hash };
}
const grantAs = (admin: Grant["admin"], id: string, roles: Role[], at = now) =>
  accounts.grantRoles({ id, roles, admin }, at, pendingEvent(AccountUpdatedSchema, id), soon());
const rolesOf = async (id: string) => (await accounts.byIds([id], soon()))[0]?.roles;

t.test("granting roles replaces them, increments the version, and publishes what others may see", async (t) => {
  const account = fresh();
  await register(account);
  const admin = await newAdmin();
  const grant = async (id: string, roles: Role[]) => (await grantAs(admin, id, roles)).account;
  t.same(await grant(account.id, ["partner"]), { ...asStored(account), roles: ["partner"], version: 2 });
  await Promise.all(Array.from({ length: 10 }, () => grant(account.id, ["admin", "partner"])));
  t.match(await accounts.byIds([account.id], soon()), [{ roles: ["admin", "partner"], version: 12 }]);
  const said = await events(account.id);
  t.equal(said.length, 12);
  t.same(said[1], {
    topic: "accounts.account-updated.v1",
    data: { accountId: account.id, username: "Žofie", roles: ["partner"], version: 2 },
  });
  t.equal(await grant(newId(), ["admin"]), null);
});

t.test("only an account that is an admin now, in an open session of its own, grants roles", async (t) => {
  const account = fresh();
  await register(account);
  const [admin, other] = [await newAdmin(), await newAdmin()];
  const refused = async (by: Grant["admin"], adminRoles: Role[] | null, at = now) => {
    t.same(await grantAs(by, account.id, ["admin"], at), { account: null, adminRoles });
    t.same(await rolesOf(account.id), ["customer"]);
  };
  await refused({ accountId: admin.accountId, sessionId: newId() }, null);
  await refused({ accountId: admin.accountId, sessionId: other.sessionId }, null);
  await refused(admin, null, new Date(now.getTime() + 60_000));
  await grantAs(other, admin.accountId, ["customer"]);
  await refused(admin, ["customer"]);
  t.same(await sessions.presentRoles(admin.accountId, admin.sessionId, now, soon()), ["customer"]);
  await sessions.endFamily(other.hash, now, soon());
  await refused(other, null);
  t.equal(await sessions.presentRoles(other.accountId, other.sessionId, now, soon()), undefined);
});

t.test("of two admins who demote each other at the same moment exactly one remains", async (t) => {
  for (let turn = 0; turn < 10; turn += 1) {
    const [one, two] = [await newAdmin(), await newAdmin()];
    await Promise.all([grantAs(one, two.accountId, ["customer"]), grantAs(two, one.accountId, ["customer"])]);
    const left = [await rolesOf(one.accountId), await rolesOf(two.accountId)].map((roles) => roles?.join());
    t.same(left.sort(), ["admin", "customer"]);
  }
});
