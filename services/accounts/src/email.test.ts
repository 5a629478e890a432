import assert from "node:assert/strict";
import { AppError, parse } from "@sidecart/platform/rpc";
import fc from "fast-check";
import t from "tap";
import { emailAddress, emailKey, parseEmail } from "./email.ts";

const runs = { numRuns: 10_000 };

t.test("an address may have any character that RFC 5321 allows, in a domain of any script", async (t) => {
  for (const local of [
    "a&b",
    "a/b",
    "a=b",
    "a!b",
    "a#b",
    "a~b",
    "a%b",
    "a'b",
    "a+b",
    "{a}",
    "a.b",
    "_",
    "x".repeat(64),
  ]) {
    t.equal(parseEmail(`${local}@example.com`), `${local}@example.com`);
  }
  for (const [typed, stored] of [
    ["x@example.xn--p1ai", "x@example.xn--p1ai"],
    ["x@münchen.de", "x@xn--mnchen-3ya.de"],
    ["x@MU\u0308NCHEN.DE", "x@xn--mnchen-3ya.de"],
    ["x@пример.рф", "x@xn--e1afmkfd.xn--p1ai"],
    ["x@例え。テスト", "x@xn--r8jz45g.xn--zckzah"],
    ["X@Example.COM", "X@example.com"],
    [`x@${"l".repeat(63)}.com`, `x@${"l".repeat(63)}.com`],
    ["x@a-b.c3.museum", "x@a-b.c3.museum"],
  ] as const) {
    t.equal(parseEmail(typed), stored, typed);
  }
});

t.test("an address that no host can receive is refused", async (t) => {
  const long = `${"l".repeat(60)}.`;
  for (const bad of [
    ...["x@example-.com", "x@-example.com", `x@${"l".repeat(64)}.com`, `${"x".repeat(65)}@example.com`],
    ...["x@example", "x@localhost", "x@1.2.3.4", "x@[1.2.3.4]", "x@a.123", "x@a..com", "x@.com", "x@com.", "x@a_b.com"],
    ...["", "@", "x@", "@example.com", "x", "x.example.com", ".x@example.com", "x.@example.com", "x..y@example.com"],
    ...['"x y"@example.com', "x y@example.com", "x,y@example.com", "x@y@example.com", "jos\u00e9@example.com"],
    ...[
      "x@exam ple.com",
      "x@exa\u202emple.com",
      "x@xn--a.com",
      "x@ab--cd.com",
      "x＠example.com",
      "x@a.b/c",
      "x@a.com:25",
    ],
    ...[`x@${long.repeat(4)}${"c".repeat(10)}`, `${"x".repeat(64)}@${long.repeat(3)}example`],
  ]) {
    t.equal(parseEmail(bad), undefined, bad);
  }
});

t.test("any text is an address or is refused, and what is stored is an address that stays the same", async () => {
  const label = fc.string({
    unit: fc.oneof(fc.constantFrom("a", "-", "ü", "ß", "例", "א", "\u200d"), fc.string({ unit: "binary" })),
    minLength: 1,
    maxLength: 8,
  });
  const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  const like = fc.tuple(fc.string({ unit: "binary", maxLength: 6 }), domain).map(([local, host]) => `${local}@${host}`);
  const property = fc.property(fc.oneof(like, fc.emailAddress(), fc.string({ unit: "binary" })), (typed) => {
    try {
      const stored = parse(emailAddress, typed);
      assert.match(stored, /^[\x21-\x7e]{1,64}@[a-z0-9.-]+$/);
      assert.equal(parseEmail(stored), stored);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "BAD_INPUT") throw error;
    }
  });
  fc.assert(property, runs);
});

t.test("an e-mail address has one key in any case, Unicode form and form of its domain", async (t) => {
  const key = emailKey("josé@example.com");
  for (const typed of ["JOSÉ@EXAMPLE.COM", "Jose\u0301@Example.Com", "josé@ｅxample.com", "josé＠example．com"])
    t.equal(emailKey(typed), key);
  t.not(emailKey("jose@example.com"), key, "another mailbox");
  t.equal(emailKey("X@MÜNCHEN.de"), emailKey("x@xn--mnchen-3ya.de"));
});

t.test(
  "any text has one key, which does not change with case, when it is stored, or when it is computed again",
  async () => {
    const property = fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: "binary" })), (typed) => {
      const key = emailKey(typed);
      assert.equal(emailKey(key), key);
      const stored = parseEmail(typed);
      if (stored === undefined) return;
      assert.equal(emailKey(stored), key);
      assert.equal(emailKey(stored.toUpperCase()), key);
    });
    fc.assert(property, runs);
  },
);
