import { dirname } from "node:path";
import { instanceAt } from "@sidecart/local/instance";
import { rotateSigningKeys } from "@sidecart/local/secrets/rotate";
import { decodeProtectedHeader } from "jose";
import t from "tap";
import { as, behindSidecar } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { Person } from "../support/graphql.ts";
import { admin, goodPassword, logIn, newCustomer, newPerson } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

type Tokens = { token: string; refreshToken: string };

// The accounts service looks for new keys every 30 seconds.
t.setTimeout(180_000);
const system = await startSystem(t);
const { gatewayUrl } = system;
const { accounts } = behindSidecar(t, system);
const nobody = new Person(gatewayUrl);
const other = "another long pass phrase";

const register = "mutation($input: RegisterUserInput!) { registerUser(input: $input) { email roles } }";
const login = "mutation($input: LoginInput!) { login(input: $input) { token refreshToken expiresIn } }";
const refreshToken = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { token refreshToken } }";
const logout = "mutation($input: LogoutInput!) { logout(input: $input) { success } }";
const logoutAll = "mutation { logoutAll { sessionsEnded } }";
const changePassword = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { success } }";
const grantRoles = "mutation($input: GrantRolesInput!) { grantRoles(input: $input) { roles } }";

const open = async (email: string, password = goodPassword) =>
  (await nobody.get<{ login: Tokens }>(login, { input: { email, password } })).login;
const rotate = async (token: string) =>
  (await nobody.get<{ refreshToken: Tokens }>(refreshToken, { input: { refreshToken: token } })).refreshToken;
const refusedRefresh = (token: string) => nobody.refusal(refreshToken, { input: { refreshToken: token } });

t.test("one mailbox is one account, whatever its case", async (t) => {
  const { email } = await newCustomer(gatewayUrl);
  const input = { email: email.toUpperCase(), username: "Somebody else", password: goodPassword };
  t.match(await nobody.ask(register, { input }), { status: 409, errors: [{ extensions: { code: "EMAIL_TAKEN" } }] });
  t.match(await open(email.toUpperCase()), { token: /^ey/ }, "and logs in with it in upper case");
});

t.test("a mailbox of an international domain is one account in either form of the domain", async (t) => {
  const local = `x+${Date.now()}`;
  const input = { email: `${local}@münchen.example`, username: "Ann", password: goodPassword };
  const answer = await nobody.get<{ registerUser: { email: string } }>(register, { input });
  const ascii = `${local}@xn--mnchen-3ya.example`;
  t.equal(answer.registerUser.email, ascii);
  t.equal(await nobody.refusal(register, { input: { ...input, email: ascii } }), "EMAIL_TAKEN");
  for (const email of [ascii, input.email, input.email.toUpperCase()]) t.match(await open(email), { token: /^ey/ });
});

t.test("of two concurrent registrations with one e-mail one wins", async (t) => {
  const input = { email: `twins-${Date.now()}@example.com`, username: "Twin", password: goodPassword };
  const answers = await Promise.all(Array.from({ length: 6 }, () => nobody.ask(register, { input })));
  t.equal(answers.filter(({ data }) => data !== null).length, 1);
  const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
  t.same(codes, Array(5).fill("EMAIL_TAKEN"));
});

t.test("common passwords are refused", async (t) => {
  const weak = [
    "short",
    "",
    "x".repeat(129),
    "qwertyuiop",
    "Password123",
    "aaaabbbbcccc",
    "Some.Body",
    "some.body@x.org",
    "ｐａｓｓｗｏｒｄ１２３",
    "Ｓｏｍｅ．Ｂｏｄｙ",
    "🐈🐕🚀🎁🍞",
  ];
  for (const password of weak) {
    const input = { email: "some.body@x.org", username: "Some.Body", password };
    t.match(
      await nobody.ask(register, { input }),
      { status: 400, errors: [{ extensions: { code: "WEAK_PASSWORD" } }] },
      password.slice(0, 20),
    );
  }
});

t.test("a failed log-in does not reveal whether the account exists", async (t) => {
  const known = (await newCustomer(gatewayUrl)).email;
  const unknown = `nobody-${known}`;
  const guess = async (email: string) => {
    const { status, errors } = await nobody.ask(login, { input: { email, password: "not the password" } });
    return { status, errors };
  };
  const guesses: { [email: string]: Awaited<ReturnType<typeof guess>>[] } = { [known]: [], [unknown]: [] };
  for (let at = 0; at < 11; at += 1) for (const email of [known, unknown]) guesses[email]?.push(await guess(email));

  t.same(guesses[known], guesses[unknown], "the same errors in the same order");
  for (const answer of guesses[known]?.slice(0, 10) ?? []) {
    const message = "E-mail or password is wrong.";
    t.match(answer, { status: 401, errors: [{ message, extensions: { code: "INVALID_CREDENTIALS" } }] });
  }
  const extensions = { code: "TOO_MANY_ATTEMPTS", retryAfterSeconds: Number };
  t.match(guesses[known]?.at(-1), { status: 429, errors: [{ extensions }] });
});

t.test("the duration of a failed log-in does not reveal it either", async (t) => {
  const people = await Promise.all(Array.from({ length: 32 }, () => newCustomer(gatewayUrl)));
  const known = people.map(({ email }) => email);
  const unknown = known.map((email) => `nobody-${email}`);
  // Concurrently, so that hashing dominates; the fastest of three rounds, so that a busy machine does not matter.
  const rounds = { known: [] as number[], unknown: [] as number[] };
  for (let round = 0; round < 3; round += 1) {
    for (const [which, emails] of Object.entries({ known, unknown })) {
      const started = performance.now();
      await Promise.all(emails.map((email) => nobody.ask(login, { input: { email, password: "not the password" } })));
      rounds[which as keyof typeof rounds].push(performance.now() - started);
    }
  }
  const [withAccount, without] = [Math.min(...rounds.known), Math.min(...rounds.unknown)];
  t.ok(without > withAccount * 0.7, `${without} ms without, ${withAccount} ms with an account`);
});

t.test("while guesses are throttled the owner still logs in from a known address", async (t) => {
  const { email } = await newCustomer(gatewayUrl);
  const guess = () => nobody.refusal(login, { input: { email, password: "not the password" } });
  for (let at = 0; at < 10; at += 1) t.equal(await guess(), "INVALID_CREDENTIALS");
  t.equal(await guess(), "TOO_MANY_ATTEMPTS");
  t.match(await open(email), { token: /^ey/ });
});

t.test("while guesses are throttled even the right password is refused at an unknown address", async (t) => {
  const input = { email: `${Date.now()}@example.com`, username: "Ann", password: goodPassword };
  await nobody.get(register, { input });
  const { email } = input;
  for (let at = 0; at < 10; at += 1) await nobody.ask(login, { input: { email, password: "not the password" } });
  t.equal(await nobody.refusal(login, { input: { email, password: goodPassword } }), "TOO_MANY_ATTEMPTS");
  t.ok(await eventually("the throttle to end", () => open(email)));
});

t.test("a token that is used after its successor ends the session with its newest token", async (t) => {
  const { email } = await newCustomer(gatewayUrl);
  const [first, elsewhere] = [await open(email), await open(email)];
  const second = await rotate(first.refreshToken);
  const third = await rotate(second.refreshToken);
  t.equal(await refusedRefresh(first.refreshToken), "INVALID_REFRESH_TOKEN");
  t.equal(await refusedRefresh(third.refreshToken), "INVALID_REFRESH_TOKEN", "the newest token has ended too");
  t.match(await rotate(elsewhere.refreshToken), { token: /^ey/ }, "another session continues");
});

t.test("tabs that use a refresh token at the same moment get the same pair, and stay logged in", async (t) => {
  const { email } = await newCustomer(gatewayUrl);
  const { refreshToken: token } = await open(email);
  const pairs = await Promise.all(Array.from({ length: 6 }, () => rotate(token)));
  for (const pair of pairs) t.same(pair, pairs[0]);
  t.match(await rotate(pairs[0]?.refreshToken ?? ""), { token: /^ey/ });
});

t.test("logout ends only its session, logoutAll ends all", async (t) => {
  const { email } = await newCustomer(gatewayUrl);
  const sessions = [await open(email), await open(email), await open(email)];
  const [one, two, three] = sessions.map((tokens) => tokens.refreshToken) as [string, string, string];
  t.same(await nobody.get(logout, { input: { refreshToken: one } }), { logout: { success: true } });
  t.equal(await refusedRefresh(one), "INVALID_REFRESH_TOKEN");
  const next = await rotate(two);
  // newCustomer opened one session.
  t.same(await new Person(gatewayUrl, next.token).get(logoutAll), { logoutAll: { sessionsEnded: 3 } });
  t.equal(await refusedRefresh(next.refreshToken), "INVALID_REFRESH_TOKEN");
  t.equal(await refusedRefresh(three), "INVALID_REFRESH_TOKEN");
});

t.test("a new password needs the current one, ends every session and replaces it", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const { refreshToken: session } = await open(customer.email);
  const change = (currentPassword: string, newPassword: string) => ({ input: { currentPassword, newPassword } });
  const { errors } = await customer.ask(changePassword, change("not the password", other));
  t.match(errors, [{ message: "The current password is wrong.", extensions: { code: "INVALID_CREDENTIALS" } }]);
  t.equal(await customer.refusal(changePassword, change(goodPassword, "qwertyuiop")), "WEAK_PASSWORD");
  t.same(await customer.get(changePassword, change(goodPassword, other)), { changePassword: { success: true } });
  t.equal(await refusedRefresh(session), "INVALID_REFRESH_TOKEN");
  t.equal(
    await nobody.refusal(login, { input: { email: customer.email, password: goodPassword } }),
    "INVALID_CREDENTIALS",
  );
  t.match(await open(customer.email, other), { token: /^ey/ });
});

t.test("only an admin grants roles", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const input = { userId: customer.id, roles: ["ADMIN"] };
  for (const person of [customer, await newPerson(gatewayUrl, "partner")]) {
    t.equal(await person.refusal(grantRoles, { input }), "FORBIDDEN");
  }
  t.equal(await nobody.refusal(grantRoles, { input }), "UNAUTHENTICATED");
  const boss = await admin(gatewayUrl);
  t.same(await boss.get(grantRoles, { input }), { grantRoles: { roles: ["ADMIN"] } });
  const risen = await logIn(gatewayUrl, customer.email, goodPassword);
  t.match(await risen.ask("{ users(first: 1) { nodes { id } } }"), { status: 200, errors: [] });
  const own = { userId: customer.id, roles: ["CUSTOMER"] };
  t.equal(await risen.refusal(grantRoles, { input: own }), "FORBIDDEN", "an admin keeps the own admin role");
  t.same(await boss.get(grantRoles, { input: own }), { grantRoles: { roles: ["CUSTOMER"] } });
});

t.test("after a rotation, tokens of the previous key are still valid", async (t) => {
  const { email } = await newCustomer(gatewayUrl);
  const before = await open(email);
  const kid = (token: string) => decodeProtectedHeader(token).kid;
  // As if it happened two minutes ago, so that the new key signs.
  const instance = instanceAt("test", dirname(system.instanceDir));
  await rotateSigningKeys(instance, new Date(Date.now() - 120_000));
  process.kill(system.processes.get("accounts-dapr")?.pid ?? Number.NaN, "SIGHUP");

  await eventually(
    "the new key beside the one before",
    async () => JSON.parse((await accounts.getJwks({}, as())).jwksJson).keys.length === 2,
    60_000,
  );
  const after = await open(email);
  t.not(kid(after.token), kid(before.token));
  const statusOf = async (token: string, query: string) => (await new Person(gatewayUrl, token).ask(query)).status;
  for (const query of ["{ me { id } }", "{ orders { nodes { id } } }"]) {
    t.equal(await statusOf(before.token, query), 200);
    // A service looks for unknown keys at most every 5 seconds.
    await eventually("the new key to be known", async () => (await statusOf(after.token, query)) === 200);
  }
});
