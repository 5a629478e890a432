import fc from "fast-check";
import { parseValue } from "graphql";
import t from "tap";
import { minorUnitsScalar, textMapScalar } from "./scalars.ts";

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
  for (const bad of ['"text"', "[]", "{a: 1}", "{a: 1.5}", "{a: true}", "{a: WORD}", "{a: null}", '{a: {b: "c"}}']) {
    t.throws(() => textMapScalar.parseLiteral(literal(bad), {}), badInput, bad);
  }
});

t.test("a wrong value from a service is not the caller's error", async (t) => {
  t.throws(() => minorUnitsScalar.serialize(1.5), { name: "Error", code: undefined });
  t.throws(() => minorUnitsScalar.serialize(2n ** 53n), { name: "Error", code: undefined });
  t.throws(() => textMapScalar.serialize({ a: 5 }), { name: "Error", code: undefined });
});
