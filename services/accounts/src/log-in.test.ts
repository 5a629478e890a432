import { newId, systemClock } from "@sidecart/platform/ids";
import { AppError, background, verifierFrom } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import { exportJWK, generateKeyPair } from "jose";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createAccountStore } from "./account-store.ts";
import { changePassword } from "./change-password.ts";
import type { Deps } from "./deps.ts";
import { ensureFirstAdmin } from "./first-admin.ts";
import { logIn } from "./log-in.ts";
import { createPasswordQueue } from "./password-queue.ts";
import { refresh } from "./refresh.ts";
import { register } from "./register.ts";
import { createSessionStore } from "./session-store.ts";
import { loadSigningKeys } from "./signing-keys.ts";

const soon = () => background(20_000);
const password = "a long enough pass phrase";
const other = "another long pass phrase";

/** The outcome of each call: OK or its error code. */
async function outcomes(calls: Promise<unknown>[]): Promise<string[]> {
  const codes = (await Promise.allSettled(calls)).map((call) => {
    if (call.status === "fulfilled") return "OK";
    return call.reason instanceof AppError ? call.reason.code : String(call.reason);
  });
  return codes.sort();
}

const { database, query } = await startStore(t, "accounts");
const { privateKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = await exportJWK(privateKey);
const keys = await loadSigningKeys(async () => JSON.stringify({ keys: [jwk] }));
const deps: Deps = {
  accounts: createAccountStore(database),
  sessions: createSessionStore(database),
  passwords: createPasswordQueue(2, 100),
  verifier: verifierFrom(async () => JSON.stringify(keys.publicJwks())),
  clock: systemClock,
  keys,
  log: createLogger("test", "silent"),
  local: false,
};
const registration = (fields: object = {}) => ({
  email: `${newId()}@example.com`,
  username: "Somebody",
  password,
  commandId: newId(),
  ...fields,
});
const newAccount = async () => {
  const { email, id } = await register(deps, registration(), soon());
  return { email, id };
};
const change = async (email: string, wishes: string[]) => {
  const { accessToken } = await logIn(deps, { email, password }, soon());
  const context = { ...soon(), authorization: `Bearer ${accessToken}` };
  return (more: Partial<Deps> = {}) =>
    wishes.map((newPassword) =>
      changePassword({ ...deps, ...more }, { currentPassword: password, newPassword }, context),
    );
};

t.test(
  "the first admin's secret creates an admin for each new e-mail address, and changes no existing account",
  async (t) => {
    const rolesAs = async (email: string, password: string) => {
      const { accessToken } = await logIn(deps, { email, password }, soon());
      return (await deps.verifier.caller({ ...soon(), authorization: `Bearer ${accessToken}` })).roles;
    };
    const [first, second] = [`${newId()}@example.com`, `${newId()}@example.com`];
    await ensureFirstAdmin(deps, { email: first, password });
    await ensureFirstAdmin(deps, { email: first, password: other });
    t.same(await rolesAs(first, password), ["admin", "customer"]);
    await t.rejects(rolesAs(first, other), { code: "INVALID_CREDENTIALS" });

    await ensureFirstAdmin(deps, { email: second, password: other });
    t.same(await rolesAs(second, other), ["admin", "customer"]);

    const customer = await newAccount();
    await ensureFirstAdmin(deps, { email: customer.email, password: other });
    t.same(await rolesAs(customer.email, password), ["customer"]);
    await t.rejects(rolesAs(customer.email, other), { code: "INVALID_CREDENTIALS" });
  },
);

t.test("five devices of one user log in at the same moment", async (t) => {
  const { email } = await newAccount();
  const calls = Array.from({ length: 5 }, () => logIn(deps, { email, password }, soon()));
  t.same(await outcomes(calls), Array(5).fill("OK"));
});

t.test("parallel guesses are limited like sequential ones, and cost no more", async (t) => {
  const { email } = await newAccount();
  for (const mailbox of [email, `nobody-${email}`]) {
    let hashed = 0;
    const matches: typeof deps.passwords.matches = (...given) => {
      hashed += 1;
      return deps.passwords.matches(...given);
    };
    const guessed = { ...deps, passwords: { ...deps.passwords, matches } };
    const input = { email: mailbox, password: "not the password" };
    const codes = await outcomes(Array.from({ length: 30 }, () => logIn(guessed, input, soon())));
    t.same(codes, [...Array(10).fill("INVALID_CREDENTIALS"), ...Array(20).fill("TOO_MANY_ATTEMPTS")]);
    t.equal(hashed, 10);
  }
});

t.test("guesses at the current password count together with log-ins", async (t) => {
  const { email } = await newAccount();
  const changing = (await change(email, Array(30).fill(other)))({
    passwords: { ...deps.passwords, matches: async () => false },
  });
  const codes = await outcomes(changing);
  t.same(codes, [...Array(10).fill("INVALID_CREDENTIALS"), ...Array(20).fill("TOO_MANY_ATTEMPTS")]);
  await t.rejects(logIn(deps, { email, password }, soon()), { code: "TOO_MANY_ATTEMPTS" });
});

t.test("from a known address the right password is never refused, and a wrong one is throttled", async (t) => {
  const { email } = await newAccount();
  const from = (address: string, given = password) => logIn(deps, { email, password: given, address }, soon());
  await from("home");
  const wrong = await outcomes(Array.from({ length: 30 }, () => from("home", "not the password")));
  t.same(wrong, [...Array(10).fill("INVALID_CREDENTIALS"), ...Array(20).fill("TOO_MANY_ATTEMPTS")]);
  t.ok(await from("home"));
  for (let turn = 0; turn < 12; turn += 1) await from("elsewhere", "not the password").catch(() => {});
  await t.rejects(from("elsewhere"), { code: "TOO_MANY_ATTEMPTS" }, "unknown, so not even verified");
  t.ok(await from("home"));
});

t.test("fifty accounts whose passwords are guessed from one address do not lock out a person elsewhere", async (t) => {
  const people = await Promise.all(Array.from({ length: 50 }, newAccount));
  const guesses = people.flatMap(({ email }) =>
    Array.from({ length: 12 }, () => ({ email, password: "not the password", address: "attacker" })),
  );
  const quick = { ...deps, passwords: { ...deps.passwords, matches: async () => false } };
  await outcomes(guesses.map((guess) => logIn(quick, guess, soon())));
  const { email } = await newAccount();
  t.ok(await logIn(deps, { email, password, address: "elsewhere" }, soon()));
  const [{ email: first } = { email: "" }] = people;
  t.ok(
    await logIn(deps, { email: first, password, address: "elsewhere" }, soon()),
    "nor the owner of a guessed account",
  );
});

t.test("a password that is replaced while it is being verified opens no session", async (t) => {
  const { email } = await newAccount();
  const changing = await change(email, [other]);
  const overtaken: typeof deps.passwords.matches = async (...given) => {
    const matches = await deps.passwords.matches(...given);
    await Promise.all(changing());
    return matches;
  };
  const late = { ...deps, passwords: { ...deps.passwords, matches: overtaken } };
  await t.rejects(logIn(late, { email, password }, soon()), { code: "INVALID_CREDENTIALS" });
  t.same(
    await query(
      "select 1 from refresh_families f join accounts a on a.id = f.account_id where ended_at is null and email = $1",
      [email],
    ),
    [],
  );
});

t.test("of two concurrent changes of one password one succeeds", async (t) => {
  const { email } = await newAccount();
  const both = Promise.withResolvers<void>();
  let verified = 0;
  const matches: typeof deps.passwords.matches = async (...given) => {
    const right = await deps.passwords.matches(...given);
    verified += 1;
    if (verified === 2) both.resolve();
    await both.promise;
    return right;
  };
  const changing = (await change(email, [other, `${other} too`]))({ passwords: { ...deps.passwords, matches } });
  t.same(await outcomes(changing), ["INVALID_CREDENTIALS", "OK"]);
});

t.test("a repeated registration returns the same account", async (t) => {
  const command = registration();
  const made = await Promise.all(Array.from({ length: 4 }, () => register(deps, command, soon())));
  t.equal(made[0]?.id, command.commandId);
  for (const one of made) t.same(one, made[0]);
  t.same(await register(deps, { ...command, email: command.email.toUpperCase() }, soon()), made[0]);
  await t.rejects(register(deps, { ...command, commandId: newId() }, soon()), { code: "EMAIL_TAKEN" });
  await t.rejects(register(deps, { ...command, commandId: "" }, soon()), { code: "EMAIL_TAKEN" });
  await t.rejects(register(deps, registration({ commandId: command.commandId }), soon()), { code: "BAD_INPUT" });
});

t.test("a second use of a refresh token gets the same pair at once, and ends the session later", async (t) => {
  const { email } = await newAccount();
  const { refreshToken } = await logIn(deps, { email, password }, soon());
  let now = Date.now();
  const timed = { ...deps, clock: { now: () => new Date(now) } };
  const use = (token: string) => refresh(timed, { refreshToken: token, commandId: "" }, soon());
  const [first, second] = await Promise.all([use(refreshToken), use(refreshToken)]);
  t.same(first, second);
  t.match(await deps.verifier.caller({ authorization: `Bearer ${first.accessToken}` }), { roles: ["customer"] });
  now += 60_000;
  await t.rejects(use(refreshToken), { code: "INVALID_REFRESH_TOKEN" });
  await t.rejects(use(first.refreshToken), { code: "INVALID_REFRESH_TOKEN" }, "the whole session has ended");
});

t.test("no token can be read in the database, neither before nor after it was used", async (t) => {
  const { email } = await newAccount();
  const { refreshToken } = await logIn(deps, { email, password }, soon());
  const next = await refresh(deps, { refreshToken, commandId: "" }, soon());
  const rows = JSON.stringify(
    await query("select t::text as row, encode(sealed, 'escape') as sealed from refresh_tokens t"),
  );
  for (const token of [refreshToken, next.refreshToken, next.accessToken]) {
    for (const form of [token, Buffer.from(token).toString("hex"), Buffer.from(token).toString("base64")])
      t.notOk(rows.includes(form));
  }
});
