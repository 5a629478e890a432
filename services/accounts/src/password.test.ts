import assert from "node:assert/strict";
import { verify } from "@node-rs/argon2";
import { AppError } from "@sidecart/platform/rpc";
import fc from "fast-check";
import t from "tap";
import { checkPassword, hashPassword, isPublished, passwordMatches, publishedPassword } from "./password.ts";

const check = (password: string, { email = "ann@example.com", username = "Ann Onymous", local = false } = {}) =>
  checkPassword(password, email, username, local);
const weak = { code: "WEAK_PASSWORD", status: "INVALID_ARGUMENT" };

t.test("a password of sufficient length is accepted, with any characters", async (t) => {
  for (const good of [
    "correct horse battery",
    "abcdabcdab",
    "пароль на русском",
    "👩‍🚀👨‍🚀🐕‍🦺🐈",
    `a b c ${"🐈".repeat(122)}`,
    `${"🐈".repeat(61)}🐕🚀a`,
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
      ["🐈🐕🚀🎁🍞", /at least 10/],
      ["a\u0301b\u0301c\u0301d\u0301e\u0301", /at least 10/],
      [`${"abcd".repeat(32)}e`, /at most 128/],
      [`a b c ${"🐈".repeat(123)}`, /at most 128/],
      [`${"ﷺ".repeat(8)}`, /at most 128/],
      ["password123", /too common/],
      ["ｐａｓｓｗｏｒｄ１２３", /too common/],
      ["ＰＡＳＳＷＯＲＤ１２３", /too common/],
      ["𝓹𝓪𝓼𝓼𝔀𝓸𝓻𝓭𝟏𝟐𝟑", /too common/],
      ["①②③④⑤⑥⑦⑧⑨⓪", /too common/],
      ["PassWord123", /too common/],
      ["qwertyuiop", /too common/],
      ["Welcome2026", /too common/],
      ["password123!", /too common/],
      ["correcthorsebatterystaple", /too common/],
      ["abababababab", /three different/],
      ["aaaaaaaaaaaaaaa", /three different/],
      ["Ann Onymous", /name or e-mail/],
      ["Ａｎｎ\u3000Ｏｎｙｍｏｕｓ", /name or e-mail/],
      ["ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", /name or e-mail/],
      ["ANN@example.com", /name or e-mail/],
    ] as const) {
      t.throws(() => check(bad), { ...weak, message: why }, bad);
    }
    t.throws(() => check("weissmannstr", { username: "Weißmannstr" }), { ...weak, message: /name or e-mail/ });
    t.throws(() => check("ann@münchen.de", { email: "ann@xn--mnchen-3ya.de" }), weak);
    t.throws(() => check("longmailbox", { email: "LongMailbox@example.com" }), { ...weak, message: /name or e-mail/ });
  },
);

t.test("the published sample password is accepted only in local mode", async (t) => {
  t.throws(() => check(publishedPassword), weak);
  t.throws(() => check(publishedPassword.toUpperCase()), weak);
  t.throws(() => check("ｓｉｄｅｃａｒｔ－ｌｏｃａｌ"), weak);
  t.ok(isPublished("ｓｉｄｅｃａｒｔ－ｌｏｃａｌ"), "a log-in refuses it too");
  t.doesNotThrow(() => check(publishedPassword, { local: true }));
});

t.test("any password is accepted or refused as weak, the same in every Unicode form", async () => {
  const reason = (password: string) => {
    try {
      return check(password);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "WEAK_PASSWORD") throw error;
      return error.message;
    }
  };
  const likely = fc.constantFrom("password123", "Ann Onymous", "ann@example.com", "qwertyuiop");
  const fullWidth = likely.map((text) =>
    text.replace(/[!-~]/g, (one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0xfee0)),
  );
  const any = fc.oneof(fc.string({ unit: "binary", maxLength: 140 }), fc.string({ unit: "grapheme" }), fullWidth);
  const property = fc.property(any, (password) => {
    assert.equal(reason(password), reason(password.normalize("NFKC")));
    assert.equal(reason(password), reason(password.normalize("NFD")));
  });
  fc.assert(property, { numRuns: 10_000 });
  fc.assert(fc.property(fullWidth, (password) => assert.ok(reason(password))));
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

t.test("the same work is done whether or not the account exists", async (t) => {
  const verified: string[] = [];
  const recording: typeof verify = (hash, password) => {
    verified.push(String(hash));
    return verify(hash, password);
  };
  const stored = await hashPassword("correct horse battery");
  await passwordMatches(stored, "some wrong password", recording);
  await passwordMatches(undefined, "some wrong password", recording);
  // A PHC string: algorithm, version, cost parameters, salt and hash.
  const cost = (hash = "") => hash.split("$").map((part, at) => (at < 4 ? part : part.length));
  t.equal(verified.length, 2);
  t.equal(verified[0], stored);
  t.same(cost(verified[1]), cost(stored));
});
