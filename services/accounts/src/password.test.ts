import t from "tap";
import { checkPassword, hashPassword, passwordMatches, publishedPassword } from "./password.ts";

const check = (password: string, { email = "ann@example.com", username = "Ann Onymous", local = false } = {}) =>
  checkPassword(password, email, username, local);
const weak = { code: "WEAK_PASSWORD", status: "INVALID_ARGUMENT" };

t.test("a password of sufficient length is accepted, with any characters", async (t) => {
  for (const good of [
    "correct horse battery",
    "abcdabcdab",
    "пароль на русском",
    "👩‍🚀👨‍🚀🐕‍🦺🐈",
    "a b c d e f",
    `${"x".repeat(125)}abc`,
  ]) {
    t.doesNotThrow(() => check(good), good);
  }
});

t.test(
  "a password that is too short, too long, too simple, too common or the user's own name is refused, with the reason",
  async (t) => {
    for (const [bad, why] of [
      ["", /at least 10/],
      ["abcdefghi", /at least 10/],
      [`${"abcd".repeat(32)}e`, /at most 128/],
      ["password123", /too common/],
      ["PassWord123", /too common/],
      ["qwertyuiop", /too common/],
      ["Welcome2026", /too common/],
      ["password123!", /too common/],
      ["correcthorsebatterystaple", /too common/],
      ["abababababab", /three different/],
      ["aaaaaaaaaaaaaaa", /three different/],
      ["Ann Onymous", /name or e-mail/],
      ["ANN@example.com", /name or e-mail/],
    ] as const) {
      t.throws(() => check(bad), { ...weak, message: why }, bad);
    }
    t.throws(() => check("longmailbox", { email: "LongMailbox@example.com" }), { ...weak, message: /name or e-mail/ });
  },
);

t.test("the published sample password is accepted only in local mode", async (t) => {
  t.throws(() => check(publishedPassword), weak);
  t.throws(() => check(publishedPassword.toUpperCase()), weak);
  t.doesNotThrow(() => check(publishedPassword, { local: true }));
});

t.test("a hash is Argon2id with OWASP's parameters, salted, and matches only its own password", async (t) => {
  const password = "correct horse battery";
  const [one, two] = await Promise.all([hashPassword(password), hashPassword(password)]);
  t.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  t.not(one, two);
  t.ok(await passwordMatches(one, password));
  for (const other of ["", "correct horse batterz", "Correct horse battery", `${password} `, `${password}\0`]) {
    t.notOk(await passwordMatches(one, other), JSON.stringify(other));
  }
});

t.test("a password matches in any Unicode form", async (t) => {
  t.ok(await passwordMatches(await hashPassword("café café"), "cafe\u0301 cafe\u0301"));
});

t.test("without an account nothing matches, not even the password of the decoy", async (t) => {
  t.notOk(await passwordMatches(undefined, "what nobody chose"));
  t.notOk(await passwordMatches(undefined, ""));
});

t.test("verifying takes the same time whether or not the account exists", async (t) => {
  const stored = await hashPassword("correct horse battery");
  const time = async (hash: string | undefined) => {
    const began = performance.now();
    await passwordMatches(hash, "some wrong password");
    return performance.now() - began;
  };
  await time(undefined);
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 9; turn += 1) {
    known.push(await time(stored));
    unknown.push(await time(undefined));
  }
  const [fast = 0, slow = 0] = [Math.min(...known), Math.min(...unknown)].sort((one, two) => one - two);
  t.ok(slow < 2 * fast, `${fast.toFixed(1)} ms and ${slow.toFixed(1)} ms`);
});
