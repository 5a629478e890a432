import type { Database } from "@sidecart/platform/database";
import { outboxRow, pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background, type Role } from "@sidecart/platform/rpc";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";
import t from "tap";
import { fillAccounts } from "../../../tests/growth/fill/accounts.ts";
import { fillMessages } from "../../../tests/growth/fill/messages.ts";
import { everyStatementReadsLittle } from "../../../tests/support/plans.ts";
import { createAccountStore } from "./account-store.ts";
import { createSessionStore } from "./session-store.ts";
import { hashToken } from "./tokens.ts";

const soon = () => background(60_000);
const now = new Date();
const later = new Date(now.getTime() + 60_000);

t.test("statements of accounts read no more rows for 100,000 accounts than for none", async (t) => {
  await everyStatementReadsLittle(t, "accounts", () => ({
    folder: import.meta.dirname,
    run: runAll,
    async fill(query, size) {
      await fillAccounts(query, size);
      await fillMessages(query, size);
    },
  }));
});

async function runAll(database: Database): Promise<void> {
  const accounts = createAccountStore(database);
  const id = newId();
  const email = `${id}@a.test`;
  const mailbox = { id, email, emailKey: email, username: "Ann" };
  const event = outboxRow(AccountRegisteredSchema, id, { accountId: id });
  await accounts.register({ ...mailbox, roles: ["customer"], passwordHash: "$a" }, now, event, soon());
  await accounts.byIds([id, newId()], soon());
  await accounts.newest(20, id, soon());

  const sessions = createSessionStore(database);
  await sessions.attempt(email, "home", now, soon());
  await sessions.attemptOn(id, "home", now, soon());
  const [hash, next] = [hashToken(newId()), hashToken(newId())];
  const session = {
    familyId: newId(),
    accountId: id,
    passwordHash: "$a",
    hash,
    address: "home",
    at: now,
    expiresAt: later,
  };
  await sessions.open(session, soon());
  const admin = { accountId: id, sessionId: session.familyId };
  await sessions.presentRoles(id, session.familyId, now, soon());
  const grant = { id, roles: ["admin"] as Role[], admin };
  await accounts.grantRoles(grant, now, pendingEvent(AccountUpdatedSchema, id), soon());
  await sessions.open({ ...session, familyId: newId(), passwordHash: "$other" }, soon());
  const rotate = (token: string, nextHash: string, at = now) =>
    sessions.rotate({ hash: token, nextHash, sealed: "00", commandId: newId() }, at, soon());
  await rotate(hash, next);
  await sessions.ofToken(next, soon());
  await sessions.endFamily(next, now, soon());
  const [stolen, another] = [hashToken(newId()), hashToken(newId())];
  await sessions.open({ ...session, familyId: newId(), hash: stolen }, soon());
  for (const at of [now, now, later]) await rotate(stolen, another, at);
  await sessions.endAll(id, now, soon());
  await sessions.changePassword({ accountId: id, oldHash: "$a", newHash: "$b", address: "" }, now, soon());
  await sessions.forget(now, soon());
}
