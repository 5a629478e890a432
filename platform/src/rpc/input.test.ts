import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { currency } from "./currency.ts";
import { AppError } from "./errors.ts";
import {
  defaultPageSize,
  id,
  idempotencyKey,
  maxMinor,
  maxQuantity,
  minorUnits,
  pageSize,
  parse,
  quantity,
  text,
} from "./input.ts";

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

t.test("a text is trimmed before its length is checked", async (t) => {
  t.equal(parse(text(1, 3), "  abc\n"), "abc");
  t.notOk(accepts(text(1, 3), "   "));
  t.notOk(accepts(text(1, 3), "abcd"));
});

t.test("text that Postgres or UTF-8 cannot store is refused, all other text is accepted", async (t) => {
  for (const bad of ["a\0b", "a\u0007b", "a\u007fb", "a\ud800b", "\udc00\ud800"])
    t.notOk(accepts(text(0, 10), bad), JSON.stringify(bad));
  for (const good of ["a\tb", "a\nb\r", "€", "👩‍🚀", "\u{10ffff}", "' or 1=1; --", "مرحبا"])
    t.ok(accepts(text(0, 20), good), good);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 50 }), (some) => {
      t.equal(parse(text(0, 1_000), some), some.trim().normalize("NFC"));
    }),
  );
});

t.test("a key of a command has a visible character, and is kept as it was given", async (t) => {
  const invisible = fc.constantFrom(
    ...[..." \t\n\r\u00a0\u00ad\u034f\u061c\u115f\u1680\u180e\u2003\u200b\u200d\u2028\u202e\u2060\u2800"],
    ...[..."\u3000\u3164\ufe0f\ufeff\uffa0\u{e0020}\u{1d173}"],
  );
  const visible = fc.constantFrom(...[..."k0-/ぁ豆ñ😀€"]);
  const nothing = fc.string({ unit: invisible, maxLength: 100 });
  fc.assert(
    fc.property(nothing, nothing, visible, (before, after, mark) => {
      t.notOk(accepts(idempotencyKey, before + after));
      t.equal(parse(idempotencyKey, before + mark + after), before + mark + after);
    }),
    { numRuns: 10_000 },
  );
  for (const bad of ["k".repeat(256), "k\0", "k\ud800", null, 7]) t.notOk(accepts(idempotencyKey, bad));
});

t.test("ids are lower-cased, as in databases and events", async (t) => {
  t.equal(parse(id, "01A1FCA6-94FA-77A7-9A59-B56F08C9E431"), "01a1fca6-94fa-77a7-9a59-b56f08c9e431");
  for (const bad of ["", "1", "01a1fca694fa77a79a59b56f08c9e431", "{01a1fca6-94fa-77a7-9a59-b56f08c9e431}", null, 7])
    t.notOk(accepts(id, bad));
});

t.test("amounts are whole numbers up to the limit, from protobuf's bigint or a number", async (t) => {
  for (const [given, taken] of [
    [0n, 0],
    [1290n, 1290],
    [1290, 1290],
    [BigInt(maxMinor), maxMinor],
  ] as const) {
    t.equal(parse(minorUnits, given), taken);
  }
  for (const bad of [
    -1n,
    -1,
    1.5,
    maxMinor + 1,
    2n ** 53n,
    2n ** 63n - 1n,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "x",
  ]) {
    t.notOk(accepts(minorUnits, bad), String(bad));
  }
});

t.test("the total of a hundred lines at the limits is exact, or detected as too large", async (t) => {
  t.ok(Number.isSafeInteger(100 * maxQuantity));
  t.ok(Number.isSafeInteger(100 * maxMinor));
});

t.test("quantities are from one to the limit", async (t) => {
  for (const good of [1, maxQuantity]) t.ok(accepts(quantity, good));
  for (const bad of [0, -1, 1.5, maxQuantity + 1, "1", Number.NaN]) t.notOk(accepts(quantity, bad), String(bad));
});

t.test("currencies are those of ISO 4217", async (t) => {
  for (const good of ["EUR", "USD", "JPY", "KWD", "ZWG", "XCG", "XOF"]) t.ok(accepts(currency, good));
  // The last ones: Croatia's until 2022, Zimbabwe's until 2024, Bulgaria's until 2025, gold, a fund, no currency, a test code.
  for (const bad of ["", "eur", "EURO", "AAA", "€", "HRK", "ZWL", "BGN", "XAU", "CLF", "XXX", "XTS"])
    t.notOk(accepts(currency, bad));
});

t.test("a page never exceeds its maximum size", async (t) => {
  for (const good of [0, 20]) t.ok(accepts(pageSize(20), good));
  for (const bad of [-1, 21, 0.5]) t.notOk(accepts(pageSize(20), bad));
  t.equal(parse(pageSize(100), 0), defaultPageSize);
  t.equal(parse(pageSize(100), 7), 7);
});

t.test("an error names every invalid field and repeats no value", async (t) => {
  const schema = z.object({
    name: text(1, 5),
    lines: z.array(z.object({ quantity })).max(2),
    kind: z.enum(["a", "b"]),
  });
  const value = { name: "far too long", lines: [{ quantity: 1 }, { quantity: -7 }], kind: "secret" };
  const error = await t.rejects(async () => parse(schema, value));
  t.type(error, AppError);
  t.match(error, { code: "BAD_INPUT", status: "INVALID_ARGUMENT" });
  const { details, message } = error as unknown as { details: { fields: { field: string }[] }; message: string };
  t.same(
    details.fields.map(({ field }) => field),
    ["name", "lines.1.quantity", "kind"],
  );
  t.notMatch(message, /far too long|-7|secret/);
});

t.test("an error about a value that is not an object names the request", async (t) => {
  t.throws(() => parse(z.object({}), "text"), { message: /^request: / });
});
