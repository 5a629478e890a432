import fc from "fast-check";
import { parseValue } from "graphql";
import t from "tap";
import { dateTimeScalar, minorUnitsScalar, textMapScalar } from "./scalars.ts";

const badInput = { code: "BAD_INPUT", status: "INVALID_ARGUMENT" };
const literal = (text: string) => parseValue(text);
const literalWithVariables = (text: string) => parseValue(text, { allowLegacyFragmentVariables: true });

t.test("an amount is a whole number that JSON holds exactly, from a variable, a literal or a service", async (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (amount) => {
      t.equal(minorUnitsScalar.parseValue(amount), amount);
      t.equal(minorUnitsScalar.parseLiteral(literal(String(amount)), {}), amount);
      t.equal(minorUnitsScalar.serialize(BigInt(amount)), amount);
    }),
  );
});

t.test("what is no such number is refused in every way it may come", async (t) => {
  for (const bad of [1.5, 2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY, "1", "", true, null, [], {}, 1n]) {
    t.throws(() => minorUnitsScalar.parseValue(bad), badInput, String(bad));
  }
  for (const bad of ["1.5", '"1"', "true", "ONE", "{a: 1}", "[1]", "9007199254740992", "1e3"]) {
    t.throws(() => minorUnitsScalar.parseLiteral(literal(bad), {}), badInput, bad);
  }
});

t.test("a map has texts for values, as a variable or a literal", async (t) => {
  const map = { origin: "Wazuka", "": "", constructor: "x" };
  t.same(textMapScalar.parseValue(map), map);
  t.same(textMapScalar.serialize(map), map);
  t.same(textMapScalar.parseLiteral(literal('{origin: "Wazuka", grade: """first"""}'), {}), {
    origin: "Wazuka",
    grade: "first",
  });
});

t.test("a variable in a literal map is its value; without a value its key is absent", async (t) => {
  const map = literalWithVariables("{a: $a, b: $b}");
  t.same(textMapScalar.parseLiteral(map, { a: "x" }), { a: "x" });
  t.same(textMapScalar.parseLiteral(map, { a: "x", b: "" }), { a: "x", b: "" });
  for (const b of [null, 1, true, {}, ["a"]]) t.throws(() => textMapScalar.parseLiteral(map, { a: "x", b }), badInput);
});

t.test("a map of other values is refused as a literal and as a variable", async (t) => {
  for (const bad of [null, [], ["a"], "text", 7, { a: 1 }, { a: null }, { a: {} }, { a: ["b"] }]) {
    t.throws(() => textMapScalar.parseValue(bad), badInput, JSON.stringify(bad));
  }
  t.throws(() => textMapScalar.parseValue(JSON.parse('{"__proto__": "a"}')), badInput);
  t.throws(() => textMapScalar.parseLiteral(literal('{a: "b", __proto__: "c"}'), {}), badInput);
  t.throws(() => textMapScalar.parseLiteral(literal('{a: "b", c: "d", a: "b"}'), {}), badInput, "a key twice");
  for (const bad of ['"text"', "[]", "{a: 1}", "{a: 1.5}", "{a: true}", "{a: WORD}", "{a: null}", '{a: {b: "c"}}']) {
    t.throws(() => textMapScalar.parseLiteral(literal(bad), {}), badInput, bad);
  }
});

t.test("a time with any offset is the same instant in UTC, as a variable and as a literal", async (t) => {
  const instant = fc.date({ min: new Date("0001-01-02T00:00:00Z"), max: new Date("9999-12-30T00:00:00Z") });
  const offset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  const twoDigits = (number: number) => String(Math.floor(number)).padStart(2, "0");
  fc.assert(
    fc.property(
      instant.filter((date) => !Number.isNaN(date.getTime())),
      offset,
      (date, minutes) => {
        const size = Math.abs(minutes);
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().replace("Z", "");
        const given = `${local}${minutes < 0 ? "-" : "+"}${twoDigits(size / 60)}:${twoDigits(size % 60)}`;
        t.equal(dateTimeScalar.parseValue(given), date.toISOString(), given);
        t.equal(dateTimeScalar.parseLiteral(literal(JSON.stringify(given)), {}), date.toISOString());
        t.equal(dateTimeScalar.serialize(date.toISOString()), date.toISOString());
      },
    ),
  );
});

t.test("what is no time is refused", async (t) => {
  for (const bad of [
    "",
    "2026",
    "2026-11-30",
    "2026-02-30T00:00:00Z",
    "2026-11-30T09:15:13",
    "now",
    0,
    true,
    null,
    {},
  ]) {
    t.throws(() => dateTimeScalar.parseValue(bad), badInput, String(bad));
  }
  t.throws(() => dateTimeScalar.parseLiteral(literal("2026"), {}), badInput);
  for (const bad of ["", "2026-11-30T09:15:13+01:00", 1, new Date(), null]) {
    t.throws(() => dateTimeScalar.serialize(bad), { name: "Error", code: undefined }, String(bad));
  }
});

t.test("a wrong value from a service is not the caller's error", async (t) => {
  t.throws(() => minorUnitsScalar.serialize(1.5), { name: "Error", code: undefined });
  t.throws(() => minorUnitsScalar.serialize(2n ** 53n), { name: "Error", code: undefined });
  t.throws(() => textMapScalar.serialize({ a: 5 }), { name: "Error", code: undefined });
});
