import { randomBytes } from "node:crypto";
import { background } from "@sidecart/platform/call";
import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import fc from "fast-check";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createAccountStore } from "./account-store.ts";
import { accountRegistered } from "./events.ts";
import { createSessionStore } from "./session-store.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.123Z");
const seconds = (count: number) => new Date(now.getTime() + count * 1_000);
const days = (count: number) => seconds(count * 86_400);
const newHash = () => randomBytes(32).toString("hex");

t.test("sessions", async (t) => {
  const { database, query } = await startStore(t, "accounts");
  const accounts = createAccountStore(database);
  const sessions = createSessionStore(database);

  async function register() {
    const id = newId();
    const account = { id, email: `${id}@a.test`, emailKey: `${id}@a.test`, username: "Somebody" };
    const event = outboxRow(accountRegistered, id, { accountId: id });
    await accounts.register({ ...account, roles: ["customer", "partner"], passwordHash: "$first" }, now, event, soon());
    return { ...account, emailHash: newHash() };
  }

  /** A new session of an account; its first token's hash. */
  async function open(accountId: string, fields: { passwordChangedAt?: string; at?: Date; expiresAt?: Date } = {}) {
    const session = {
      familyId: newId(),
      accountId,
      hash: newHash(),
      emailHash: newHash(),
      at: now,
      expiresAt: days(30),
    };
    await sessions.open({ passwordChangedAt: now.toISOString(), ...session, ...fields }, soon());
    return session;
  }

  const rotate = (hash: string, next = newHash(), at = seconds(1)) => sessions.rotate(hash, next, at, soon());
  const reasonOf = async (familyId: string) =>
    (await query<{ end_reason: string | null }>("select end_reason from refresh_families where id = $1", [familyId]))[0]
      ?.end_reason;

  t.test("credentials are found by mailbox or account, and nobody's are nobody's", async (t) => {
    const { id, email, emailKey, emailHash } = await register();
    const account = {
      id,
      email,
      username: "Somebody",
      roles: ["customer", "partner"],
      passwordHash: "$first",
      passwordChangedAt: now.toISOString(),
    };
    t.same(await sessions.byEmail(emailKey, emailHash, now, soon()), { account, blockedUntil: null });
    t.same(await sessions.byAccount(id, now, soon()), account);
    t.same(await sessions.byEmail("nobody@a.test", newHash(), now, soon()), { account: null, blockedUntil: null });
    t.equal(await sessions.byAccount(newId(), now, soon()), undefined);
  });

  t.test("a token is swapped for the next one, over and over", async (t) => {
    const { id } = await register();
    let { familyId, hash } = await open(id);
    for (let turn = 1; turn <= 5; turn += 1) {
      const next = newHash();
      t.match(await rotate(hash, next, seconds(turn)), {
        session: { familyId, id, roles: ["customer", "partner"] },
        reused: false,
      });
      hash = next;
    }
  });

  t.test("an unknown token opens nothing", async (t) => {
    t.same(await rotate(newHash()), { session: null, reused: false, rows: 0 });
  });

  t.test("a token that is used twice ends its session, and with it every token of it", async (t) => {
    const { id } = await register();
    const { familyId, hash } = await open(id);
    const other = await open(id);
    const second = newHash();
    await rotate(hash, second);
    t.match(await rotate(hash), { session: null, reused: true });
    t.match(await rotate(second), { session: null, reused: false }, "the thief's, or the owner's");
    t.match(await rotate(hash), { session: null, reused: false }, "said once");
    t.equal(await reasonOf(familyId), "reused");
    t.match(await rotate(other.hash), { session: { familyId: other.familyId } }, "other sessions go on");
  });

  t.test("of many who use one token at once, one gets the next; the session ends all the same", async (t) => {
    const { id } = await register();
    for (let turn = 0; turn < 10; turn += 1) {
      const { familyId, hash } = await open(id);
      const nexts = Array.from({ length: 8 }, newHash);
      const answers = await Promise.all(nexts.map((next) => rotate(hash, next)));
      t.equal(answers.filter(({ session }) => session !== null).length, 1);
      t.equal(answers.filter(({ reused }) => reused).length, 1);
      t.equal(await reasonOf(familyId), "reused");
      for (const next of nexts) t.match(await rotate(next), { session: null });
    }
  });

  t.test("whatever order tokens are shown in, a session lives exactly as long as only its newest was", async (t) => {
    const { id } = await register();
    // Each step shows one of the tokens made so far: 0 the newest, 1 the one before …
    const steps = fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 4 })), { maxLength: 8 });
    const property = fc.asyncProperty(steps, async (ages) => {
      const { hash } = await open(id);
      const tokens = [hash];
      let alive = true;
      for (const age of ages) {
        const at = Math.max(0, tokens.length - 1 - age);
        const next = newHash();
        const { session, reused } = await rotate(tokens[at] ?? "", next);
        const newest = at === tokens.length - 1;
        t.equal(session !== null, alive && newest);
        t.equal(reused, alive && !newest);
        if (session) tokens.push(next);
        alive &&= newest;
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  t.test("a session ends when its time is over", async (t) => {
    const { id } = await register();
    const { hash } = await open(id, { expiresAt: seconds(60) });
    const second = newHash();
    t.match(await rotate(hash, second, seconds(59)), { session: {} });
    t.match(await rotate(second, newHash(), seconds(60)), { session: null, reused: false });
  });

  t.test("logging out ends one session; logging out everywhere ends all, of that account", async (t) => {
    const [mine, other] = [await register(), await register()];
    const [one, two, theirs] = [await open(mine.id), await open(mine.id), await open(other.id)];
    await sessions.endFamily(one.hash, now, soon());
    await sessions.endFamily(one.hash, now, soon());
    await sessions.endFamily(newHash(), now, soon());
    t.equal(await reasonOf(one.familyId), "logged-out");
    t.match(await rotate(one.hash), { session: null, reused: false });
    t.equal(await sessions.endAll(mine.id, "logged-out", null, now, soon()), 1);
    t.equal(await sessions.endAll(mine.id, "logged-out", null, now, soon()), 0);
    t.match(await rotate(two.hash), { session: null });
    t.match(await rotate(theirs.hash), { session: {} });
  });

  t.test("a token that is rotated while its session is ended leads nowhere", async (t) => {
    const { id } = await register();
    for (let turn = 0; turn < 10; turn += 1) {
      const { hash } = await open(id);
      const next = newHash();
      await Promise.all([rotate(hash, next), sessions.endAll(id, "logged-out", null, now, soon())]);
      t.match(await rotate(next), { session: null });
    }
  });

  t.test("a new password ends every session, even one that the old password opened a moment later", async (t) => {
    const { id } = await register();
    const before = await open(id);
    t.equal(await sessions.endAll(id, "password-changed", "$second", seconds(5), soon()), 1);
    t.match(await sessions.byAccount(id, now, soon()), {
      passwordHash: "$second",
      passwordChangedAt: seconds(5).toISOString(),
    });
    t.match(await rotate(before.hash), { session: null });
    const overtaken = await open(id, { at: seconds(6) });
    t.match(await rotate(overtaken.hash, newHash(), seconds(7)), { session: null, reused: false });
    const after = await open(id, { passwordChangedAt: seconds(5).toISOString() });
    t.match(await rotate(after.hash), { session: {} });
  });

  t.test("five failures block for 2 seconds, each more doubles that up to 15 minutes", async (t) => {
    const hash = newHash();
    const blocked = async (at: Date) => {
      const { blockedUntil } = await sessions.byEmail("nobody@a.test", hash, at, soon());
      return blockedUntil === null ? 0 : (Date.parse(blockedUntil) - at.getTime()) / 1_000;
    };
    const waits: number[] = [];
    for (let failure = 0; failure < 16; failure += 1) {
      await sessions.noteFailure(hash, now, soon());
      waits.push(await blocked(now));
    }
    t.same(waits, [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    t.equal(await blocked(seconds(899)), 1);
    t.equal(await blocked(seconds(900)), 0);
  });

  t.test("parallel failures all count, and any number of them", async (t) => {
    const hash = newHash();
    await Promise.all(Array.from({ length: 20 }, () => sessions.noteFailure(hash, now, soon())));
    const count = () => query("select failures from login_failures where email_hash = decode($1, 'hex')", [hash]);
    t.same(await count(), [{ failures: 20 }]);
    await query("update login_failures set failures = 100000 where email_hash = decode($1, 'hex')", [hash]);
    await sessions.noteFailure(hash, now, soon());
    t.same(await count(), [{ failures: 100_001 }]);
  });

  t.test("a quiet hour, or a good log-in, forgives", async (t) => {
    const { id, emailKey, emailHash } = await register();
    const fail = async (times: number, at: Date) => {
      for (let time = 0; time < times; time += 1) await sessions.noteFailure(emailHash, at, soon());
    };
    const blocked = async (at: Date) => (await sessions.byEmail(emailKey, emailHash, at, soon())).blockedUntil !== null;
    await fail(5, now);
    t.ok(await blocked(seconds(1)));
    await fail(4, seconds(3_601));
    t.notOk(await blocked(seconds(3_601)), "counted anew");
    await fail(1, seconds(3_601));
    t.ok(await blocked(seconds(3_602)));
    const session = { familyId: newId(), accountId: id, hash: newHash(), emailHash, at: now, expiresAt: days(30) };
    await sessions.open({ ...session, passwordChangedAt: now.toISOString() }, soon());
    t.notOk(await blocked(seconds(3_602)));
  });

  t.test("what is over for long is forgotten, and nothing else", async (t) => {
    await query("truncate refresh_tokens, refresh_families, login_failures");
    const { id } = await register();
    const old = await open(id, { expiresAt: days(1) });
    const second = newHash();
    await rotate(old.hash, second);
    const young = await open(id, { expiresAt: days(2) });
    await sessions.noteFailure(newHash(), now, soon());
    t.same(await sessions.forget(days(1), soon()), { forgotten: 0 });
    const at = new Date(days(8).getTime() + 1);
    t.same(await sessions.forget(at, soon()), { forgotten: 3 }, "two tokens, one failure");
    t.same(await sessions.forget(at, soon()), { forgotten: 1 }, "then their session");
    t.same(await sessions.forget(at, soon()), { forgotten: 0 });
    t.equal(await reasonOf(old.familyId), undefined);
    t.equal(await reasonOf(young.familyId), null);
  });
});
