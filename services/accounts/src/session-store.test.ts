import { randomBytes } from "node:crypto";
import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { AccountRegisteredSchema } from "@sidecart/proto/accounts/v1/events";
import fc from "fast-check";
import t from "tap";
import { program } from "../../../tests/support/program.ts";
import { startStore } from "../../../tests/support/store.ts";
import { createAccountStore } from "./account-store.ts";
import { forgetOld } from "./forget.ts";
import { createSessionStore, type NewSession } from "./session-store.ts";

const soon = () => background(20_000);
const now = new Date("2026-03-01T12:00:00.123Z");
const seconds = (count: number) => new Date(now.getTime() + count * 1_000);
const days = (count: number) => seconds(count * 86_400);
const newHash = () => randomBytes(32).toString("hex");
const [home, elsewhere] = ["home", "elsewhere"];

const { database, query, connect } = await startStore(t, "accounts");
const accounts = createAccountStore(database);
const sessions = createSessionStore(database);

async function register() {
  const id = newId();
  const account = { id, email: `${id}@a.test`, emailKey: `${id}@a.test`, username: "Somebody" };
  const event = outboxRow(AccountRegisteredSchema, id, { accountId: id });
  await accounts.register({ ...account, roles: ["customer", "partner"], passwordHash: "$first" }, now, event, soon());
  return account;
}

/** A session opened with a password. Returns the hash of its first token. */
async function tryOpen(accountId: string, fields: Partial<NewSession> = {}) {
  const session = { familyId: newId(), accountId, hash: newHash(), address: home, at: now, expiresAt: days(30) };
  const opened = await sessions.open({ passwordHash: "$first", ...session, ...fields }, soon());
  return { ...session, opened };
}

async function open(...given: Parameters<typeof tryOpen>) {
  const { opened, ...session } = await tryOpen(...given);
  if (!opened) throw new Error("the session was not opened");
  return session;
}

const rotate = (hash: string, next = newHash(), at = seconds(1), commandId = newId()) =>
  sessions.rotate({ hash, nextHash: next, sealed: next, commandId }, at, soon());
const reasonOf = async (familyId: string) =>
  (await query<{ end_reason: string | null }>("select end_reason from refresh_families where id = $1", [familyId]))[0]
    ?.end_reason;

t.test("credentials are found by e-mail address or account id; unknown ones have none", async (t) => {
  const { id, email, emailKey } = await register();
  const account = { id, email, username: "Somebody", roles: ["customer", "partner"], passwordHash: "$first" };
  t.same(await sessions.attempt(emailKey, elsewhere, now, soon()), {
    account,
    allowed: true,
    known: false,
    blockedUntil: null,
  });
  t.same(await sessions.attemptOn(id, elsewhere, now, soon()), {
    account,
    allowed: true,
    known: false,
    blockedUntil: null,
  });
  const nobody = await sessions.attempt(`${newId()}@a.test`, elsewhere, now, soon());
  t.same(nobody, { account: null, allowed: true, known: false, blockedUntil: null });
  t.match(await sessions.attemptOn(newId(), elsewhere, now, soon()), { account: null });
});

t.test("a token can be exchanged for the next one again and again", async (t) => {
  const { id } = await register();
  let { familyId, hash } = await open(id);
  for (let turn = 1; turn <= 5; turn += 1) {
    const next = newHash();
    t.same(await rotate(hash, next, seconds(turn)), { sealed: next, reused: false });
    t.same(await sessions.ofToken(next, soon()), { familyId, id, roles: ["customer", "partner"] });
    hash = next;
  }
});

t.test("an unknown token has no session", async (t) => {
  t.same(await rotate(newHash()), { sealed: null, reused: false });
  t.equal(await sessions.ofToken(newHash(), soon()), undefined);
});

t.test("a token that is used again later ends its session with all its tokens", async (t) => {
  const { id } = await register();
  const { familyId, hash } = await open(id);
  const other = await open(id);
  const second = newHash();
  await rotate(hash, second);
  t.match(await rotate(hash, newHash(), seconds(11)), { sealed: null, reused: true });
  t.match(await rotate(second), { sealed: null, reused: false }, "the thief's or the owner's");
  t.match(await rotate(hash), { sealed: null, reused: false }, "reported once");
  t.equal(await reasonOf(familyId), "reused");
  t.match(await rotate(other.hash), { sealed: /./ }, "other sessions continue");
});

t.test("a second use within ten seconds gets what the first one got, and the session continues", async (t) => {
  const { id } = await register();
  const { familyId, hash } = await open(id);
  const next = newHash();
  t.match(await rotate(hash, next, seconds(1)), { sealed: next });
  t.match(await rotate(hash, newHash(), seconds(10.9)), { sealed: next, reused: false });
  t.match(await rotate(hash, newHash(), seconds(0)), { sealed: next, reused: false }, "from a clock that is behind");
  t.match(await rotate(next, newHash(), seconds(11)), { reused: false });
  t.equal(await reasonOf(familyId), null);
});

t.test("once the new token is used, the old one is not valid any more, not even within ten seconds", async (t) => {
  const { id } = await register();
  const { familyId, hash } = await open(id);
  const [next, third] = [newHash(), newHash()];
  await rotate(hash, next, seconds(1));
  await rotate(next, third, seconds(2));
  const kept = "select encode(hash, 'hex') as hash from refresh_tokens where family_id = $1 and sealed is not null";
  t.same(await query(kept, [familyId]), [{ hash: next }], "only the newest pair is kept");
  t.match(await rotate(hash, newHash(), seconds(3)), { sealed: null, reused: true });
  t.match(await rotate(third, newHash(), seconds(4)), { sealed: null });
});

t.test("retries of a command get the pair of the first one, also later", async (t) => {
  const { id } = await register();
  const { familyId, hash } = await open(id);
  const command = newId();
  const nexts = Array.from({ length: 6 }, newHash);
  const answers = await Promise.all(nexts.map((next) => rotate(hash, next, seconds(1), command)));
  const [first] = answers;
  t.ok(nexts.includes(first?.sealed ?? ""));
  for (const answer of answers) t.same(answer, first);
  t.same(await rotate(hash, newHash(), seconds(60), command), first);
  t.match(await rotate(hash, newHash(), seconds(60)), { sealed: null, reused: true }, "another command means theft");
  t.equal(await reasonOf(familyId), "reused");
  const again = await rotate(hash, newHash(), seconds(61), command);
  t.match(again, { sealed: null, reused: false }, "and then a retry does not help either");
});

t.test("many commands that use one token at once get the same pair, and one token is added", async (t) => {
  const { id } = await register();
  for (let turn = 0; turn < 10; turn += 1) {
    const { familyId, hash } = await open(id);
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(hash)));
    const [first] = answers;
    t.match(first, { sealed: /./, reused: false });
    for (const answer of answers) t.same(answer, first);
    t.same(await query("select count(*)::int from refresh_tokens where family_id = $1", [familyId]), [{ count: 2 }]);
    t.match(await rotate(first?.sealed ?? ""), { sealed: /./, reused: false });
  }
});

t.test("a token and its successor that are used at once do not block each other", async (t) => {
  const { id } = await register();
  for (let turn = 0; turn < 10; turn += 1) {
    const { hash } = await open(id);
    const next = newHash();
    await rotate(hash, next);
    const uses = [hash, next, hash, next].map((token) => rotate(token));
    for (const { status } of await Promise.allSettled(uses)) t.equal(status, "fulfilled");
  }
});

t.test("in any order of used tokens, a session lives exactly as long as only its newest token is used", async (t) => {
  const { id } = await register();
  // Each step uses one of the tokens so far, a minute later: 0 is the newest, 1 the one before …
  const steps = fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 4 })), { maxLength: 8 });
  const property = fc.asyncProperty(steps, async (ages) => {
    const { hash } = await open(id);
    const tokens = [hash];
    let alive = true;
    for (const [minute, age] of ages.entries()) {
      const at = Math.max(0, tokens.length - 1 - age);
      const next = newHash();
      const { sealed, reused } = await rotate(tokens[at] ?? "", next, seconds(60 * (minute + 1)));
      const newest = at === tokens.length - 1;
      t.equal(sealed, alive && newest ? next : null);
      t.equal(reused, alive && !newest);
      if (sealed) tokens.push(next);
      alive &&= newest;
    }
  });
  await fc.assert(property, { numRuns: 40 });
});

t.test("a session ends when it expires", async (t) => {
  const { id } = await register();
  const { hash } = await open(id, { expiresAt: seconds(60) });
  const second = newHash();
  t.match(await rotate(hash, second, seconds(59)), { sealed: /./ });
  t.match(await rotate(second, newHash(), seconds(60)), { sealed: null, reused: false });
});

t.test("logging out ends one session; logging out everywhere ends all sessions of that account", async (t) => {
  const [mine, other] = [await register(), await register()];
  const [one, two, theirs] = [await open(mine.id), await open(mine.id), await open(other.id)];
  await sessions.endFamily(one.hash, now, soon());
  await sessions.endFamily(one.hash, now, soon());
  await sessions.endFamily(newHash(), now, soon());
  t.equal(await reasonOf(one.familyId), "logged-out");
  t.match(await rotate(one.hash), { sealed: null, reused: false });
  t.equal(await sessions.endAll(mine.id, now, soon()), 1);
  t.equal(await sessions.endAll(mine.id, now, soon()), 0);
  t.match(await rotate(two.hash), { sealed: null });
  t.match(await rotate(theirs.hash), { sealed: /./ });
});

t.test("after a restore one command ends all sessions, and new ones can be opened", async (t) => {
  const { id } = await register();
  const [one, two, loggedOut] = [await open(id), await open((await register()).id), await open(id)];
  await sessions.endFamily(loggedOut.hash, now, soon());
  const { user, password, host, port, database: name } = await connect();
  const env = { DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${name}` };
  const { code, output } = await program("ops/src/end-sessions.ts", [], env);
  t.equal(code, 0, output);
  t.ok(Number(/^(\d+) sessions ended\n$/.exec(output)?.[1]) >= 2, output);
  for (const { hash } of [one, two]) t.match(await rotate(hash), { sealed: null, reused: false });
  t.equal(await reasonOf(one.familyId), "restored");
  t.equal(await reasonOf(loggedOut.familyId), "logged-out", "ended before");
  t.match(await program("ops/src/end-sessions.ts", [], env), { code: 0, output: "0 sessions ended\n" });
  t.match(await rotate((await open(id)).hash), { sealed: /./ });
  t.match(await program("ops/src/end-sessions.ts", [], {}), { code: 1, output: /DATABASE_URL/ });
});

t.test("a token that is exchanged while its session ends is not valid", async (t) => {
  const { id } = await register();
  for (let turn = 0; turn < 10; turn += 1) {
    const { hash } = await open(id);
    const next = newHash();
    await Promise.all([rotate(hash, next), sessions.endAll(id, now, soon())]);
    t.match(await rotate(next), { sealed: null });
  }
});

t.test("a new password ends every session, and the old one opens none any more", async (t) => {
  const { id, emailKey } = await register();
  const before = await open(id);
  const change = (from: string, to: string) =>
    sessions.changePassword({ accountId: id, oldHash: from, newHash: to, address: home }, now, soon());
  t.equal(await change("$wrong", "$third"), false);
  t.match(await rotate(before.hash), { sealed: /./ }, "nothing has changed");
  const second = await open(id);
  t.equal(await change("$first", "$second"), true);
  t.match(await sessions.attempt(emailKey, elsewhere, now, soon()), { account: { passwordHash: "$second" } });
  t.match(await rotate(second.hash), { sealed: null });
  t.equal(await reasonOf(second.familyId), "password-changed");
  t.equal((await tryOpen(id)).opened, false, "a log-in that verified the old password before");
  t.match(await rotate((await open(id, { passwordHash: "$second" })).hash), { sealed: /./ });
});

t.test("of many concurrent changes of one password one succeeds", async (t) => {
  const { id } = await register();
  const wishes = Array.from({ length: 8 }, (_, at) => `$new ${at}`);
  const done = await Promise.all(
    wishes.map((newHash) =>
      sessions.changePassword({ accountId: id, oldHash: "$first", newHash, address: home }, now, soon()),
    ),
  );
  t.equal(done.filter((changed) => changed).length, 1);
  t.match(await sessions.attemptOn(id, elsewhere, now, soon()), {
    account: { passwordHash: wishes[done.indexOf(true)] },
  });
});

t.test("a session that is opened while the password is replaced is not valid", async (t) => {
  const { id } = await register();
  for (let turn = 0; turn < 10; turn += 1) {
    const [from, to] = [turn === 0 ? "$first" : `$${turn - 1}`, `$${turn}`];
    const [sessionsOpened] = await Promise.all([
      Promise.all(Array.from({ length: 4 }, () => tryOpen(id, { passwordHash: from }))),
      sessions.changePassword({ accountId: id, oldHash: from, newHash: to, address: home }, now, soon()),
    ]);
    for (const { hash } of sessionsOpened) t.match(await rotate(hash), { sealed: null });
  }
});

const blocked = async (emailKey: string, at: Date) => {
  const [row] = await query<{ until: Date }>(
    "select blocked_until as until from login_attempts where key = sha256($1) and isfinite(blocked_until)",
    [Buffer.from(`${emailKey}\0${elsewhere}`)],
  );
  return Math.max(0, ((row?.until.getTime() ?? 0) - at.getTime()) / 1_000);
};

t.test(
  "ten attempts need no wait; the tenth blocks for 2 seconds, each further one doubles that up to 15 minutes",
  async (t) => {
    const emailKey = `${newId()}@a.test`;
    const waits: number[] = [];
    let at = now;
    for (let attempt = 1; attempt <= 21; attempt += 1) {
      t.match(await sessions.attempt(emailKey, elsewhere, at, soon()), { allowed: true, blockedUntil: null });
      const wait = await blocked(emailKey, at);
      waits.push(wait);
      if (wait > 0) {
        const blockedUntil = new Date(at.getTime() + wait * 1_000);
        const early = new Date(blockedUntil.getTime() - 1);
        const refused = await sessions.attempt(emailKey, elsewhere, early, soon());
        t.match(refused, { allowed: false, blockedUntil: blockedUntil.toISOString() });
        at = blockedUntil;
      }
    }
    t.same(waits, [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  },
);

t.test("parallel attempts are counted before any of them is verified", async (t) => {
  const { emailKey } = await register();
  for (const key of [emailKey, `${newId()}@a.test`]) {
    const attempts = await Promise.all(Array.from({ length: 40 }, () => sessions.attempt(key, elsewhere, now, soon())));
    t.equal(attempts.filter(({ allowed }) => allowed).length, 10);
  }
});

t.test("any number of attempts can be counted", async (t) => {
  const emailKey = `${newId()}@a.test`;
  await sessions.attempt(emailKey, elsewhere, now, soon());
  await query("update login_attempts set attempts = 100000 where key = sha256($1)", [
    Buffer.from(`${emailKey}\0${elsewhere}`),
  ]);
  t.match(await sessions.attempt(emailKey, elsewhere, now, soon()), { allowed: true });
  t.equal(await blocked(emailKey, now), 900);
});

t.test("an hour without attempts, a successful log-in, or a new password resets the count of an address", async (t) => {
  const { id, emailKey } = await register();
  const later = seconds(3_601);
  const fill = async (at: Date) => {
    for (let turn = 0; turn < 10; turn += 1) await sessions.attempt(emailKey, elsewhere, at, soon());
  };
  await fill(now);
  t.equal(await blocked(emailKey, now), 2);
  await sessions.attempt(emailKey, elsewhere, later, soon());
  t.equal(await blocked(emailKey, later), 0, "counted from the start");
  await fill(later);
  t.ok((await blocked(emailKey, later)) > 0);
  t.equal((await tryOpen(id, { passwordHash: "$wrong", address: elsewhere })).opened, false);
  t.ok((await blocked(emailKey, later)) > 0, "an unsuccessful log-in does not reset the count");
  await open(id, { address: home });
  t.ok((await blocked(emailKey, later)) > 0, "nor does a log-in from another address");
  await open(id, { address: elsewhere });
  t.equal(await blocked(emailKey, later), 0);
  await fill(later);
  await sessions.changePassword(
    { accountId: id, oldHash: "$first", newHash: "$second", address: elsewhere },
    later,
    soon(),
  );
  t.equal(await blocked(emailKey, later), 0);
});

t.test("one address that guesses blocks only itself", async (t) => {
  const { id, emailKey } = await register();
  await open(id, { address: home });
  for (let turn = 0; turn < 30; turn += 1) await sessions.attempt(emailKey, elsewhere, now, soon());
  t.match(await sessions.attempt(emailKey, elsewhere, now, soon()), { allowed: false, known: false });
  t.match(await sessions.attempt(emailKey, "a third", now, soon()), { allowed: true, known: false });
  t.match(await sessions.attempt(emailKey, home, now, soon()), { allowed: true, known: true });
});

t.test("many addresses share a limit by mailbox, which does not apply to known addresses", async (t) => {
  const { id, emailKey } = await register();
  await open(id, { address: home });
  for (const key of [emailKey, `${newId()}@a.test`]) {
    const attempts = await Promise.all(
      Array.from({ length: 130 }, (_, at) => sessions.attempt(key, `from ${at}`, now, soon())),
    );
    t.equal(attempts.filter(({ allowed }) => allowed).length, 100);
    const until = seconds(3_600).toISOString();
    t.match(await sessions.attempt(key, "another", seconds(1), soon()), { allowed: false, blockedUntil: until });
    t.match(await sessions.attempt(key, "another", seconds(3_600), soon()), { allowed: true }, "for an hour");
  }
  for (let turn = 0; turn < 100; turn += 1) await sessions.attempt(emailKey, `from ${turn}`, seconds(3_600), soon());
  t.match(await sessions.attempt(emailKey, "another", seconds(3_601), soon()), { allowed: false });
  t.match(await sessions.attempt(emailKey, home, seconds(3_601), soon()), { allowed: true, known: true });
});

t.test("an address is known after a log-in, for 90 days, until another address sets a new password", async (t) => {
  const { id, emailKey } = await register();
  const known = async (address: string, at = now) => (await sessions.attempt(emailKey, address, at, soon())).known;
  t.equal(await known(home), false);
  await tryOpen(id, { address: home, passwordHash: "$wrong" });
  t.equal(await known(home), false);
  await open(id, { address: home });
  await open(id, { address: elsewhere });
  await open(id, { address: "" });
  t.same([await known(home), await known(elsewhere), await known("")], [true, true, false]);
  await sessions.changePassword({ accountId: id, oldHash: "$first", newHash: "$2", address: home }, now, soon());
  t.same([await known(home), await known(elsewhere)], [true, false], "a thief's address is known no more");
  await open(id, { address: elsewhere, passwordHash: "$2", at: days(30) });
  await forgetOld({ sessions, clock: { now: () => days(91) } }, soon());
  t.same([await known(home, days(91)), await known(elsewhere, days(91))], [false, true]);
  t.notOk(JSON.stringify(await query("select * from known_addresses")).includes(home));
});

t.test("all old rows are deleted, any number of them, and no others", async (t) => {
  await query("truncate refresh_tokens, refresh_families, login_attempts");
  const { id } = await register();
  const young = await open(id, { expiresAt: days(2) });
  await query(
    `with family as (
       insert into refresh_families (id, account_id, created_at, expires_at, password_changed_at)
       select gen_random_uuid(), $1, $2, $2, $2 from generate_series(1, 1500) returning id)
     insert into refresh_tokens (hash, family_id, created_at)
     select sha256(convert_to(id::text || token, 'UTF8')), id, $2 from family, generate_series(1, 4) as token`,
    [id, days(1)],
  );
  await query(
    `insert into login_attempts (key, attempts, last_at, blocked_until)
     select sha256(convert_to(i::text, 'UTF8')), 1, $1, '-infinity' from generate_series(1, 5500) as i`,
    [days(1)],
  );
  const forget = (now: Date) => forgetOld({ sessions, clock: { now: () => now } }, soon());
  t.equal(await forget(days(2)), 0);
  t.equal(await forget(new Date(days(8).getTime() + 1)), 1_500 + 1_500 * 4 + 5_500);
  t.same(await query("select id from refresh_families"), [{ id: young.familyId }]);
  t.match(await rotate(young.hash), { sealed: /./ });
});
