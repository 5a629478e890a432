import fc from "fast-check";
import t from "tap";
import { derivedId, newId, systemClock } from "./ids.ts";
import { id as idInput, parse } from "./rpc/input.ts";

t.test("new ids are unique and sort in the order of their creation", async (t) => {
  const ids = Array.from({ length: 10_000 }, newId);
  t.same(ids, [...new Set(ids)].sort());
  t.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

t.test("the same parts give the same valid id", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      const id = derivedId(...parts);
      t.equal(id, derivedId(...parts));
      t.equal(parse(idInput, id), id);
      t.match(id, /^.{14}8.{4}[89ab]/);
    }),
  );
});

t.test("parts are separated: moving a character from one to the next changes the id", async (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.array(fc.string(), { maxLength: 3 }), { selector: (parts) => JSON.stringify(parts) }),
      (all) => {
        t.equal(new Set(all.map((parts) => derivedId(...parts))).size, all.length);
      },
    ),
  );
  t.not(derivedId("a", "bc"), derivedId("ab", "c"));
  t.not(derivedId("a"), derivedId("a", ""));
});

t.test("a derived id stays the same in every version, because ids are stored", async (t) => {
  t.equal(derivedId("order", "account", "key", "0"), "b17e6f63-a183-875d-a14b-18a47fac8ed6");
});

t.test("the clock moves forward", async (t) => {
  const before = Date.now();
  t.ok(systemClock.now().getTime() >= before);
});
