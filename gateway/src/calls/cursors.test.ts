import fc from "fast-check";
import t from "tap";
import { cursorOf, positionIn } from "./cursors.ts";

t.test("a cursor is a text for URLs, and gives its position back", async (t) => {
  const position = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(position, (given) => {
      t.match(cursorOf(given), /^[A-Za-z0-9_-]+$/);
      t.equal(positionIn(cursorOf(given)), given);
    }),
  );
});

t.test("any other text is refused, and the error names the argument", async (t) => {
  const refusal = {
    code: "BAD_INPUT",
    details: { fields: [{ field: "after", problem: "is not a cursor of this list" }] },
  };
  for (const text of [
    "",
    "x",
    "=",
    "YQ==",
    "YR",
    "a b",
    "\0",
    "\ud800",
    "_w",
    "019a0000-0000-7000-8000-000000000001",
  ]) {
    t.throws(() => positionIn(text), refusal, JSON.stringify(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      try {
        t.equal(cursorOf(positionIn(text)), text);
      } catch (error) {
        t.match(error, refusal);
      }
    }),
  );
});
