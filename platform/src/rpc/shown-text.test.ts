import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { z } from "zod";
import { AppError } from "./errors.ts";
import { parse } from "./input.ts";
import { shownName, shownText } from "./shown-text.ts";

const runs = { numRuns: 10_000 };
const accepts = (schema: z.ZodType, value: string) => schema.safeParse(value).success;
const codes = (value: string) => [...value].map((one) => one.codePointAt(0)?.toString(16)).join(" ");

const invisible = [
  "\u200b",
  "\u2060",
  "\u00ad",
  "\u3164",
  "\u2800",
  "\u115f",
  "\uffa0",
  "\u034f",
  "\u180e",
  "\ufe0f",
  "\u{e0041}",
];

t.test("a name has a visible character", async (t) => {
  for (const bad of ["", " ", "\u00a0", "\u3000", "\u0301", "\ue000", ...invisible, "\u2800\u2800", "\u200d\u200d"]) {
    t.notOk(accepts(shownName(60), bad), codes(bad));
    t.equal(accepts(shownText(60), bad), bad.trim() === "", `as a text: ${codes(bad)}`);
  }
  for (const good of ["a", "1", "!", "🎁", "東京", "ا", "⠓⠊"]) t.ok(accepts(shownName(60), good), good);
});

t.test("two names that look alike are not different by characters that nobody sees", async (t) => {
  for (const one of [
    ...invisible,
    "\u202e",
    "\u202d",
    "\u200e",
    "\u061c",
    "\u2066",
    "\u0085",
    "\n",
    "\t",
    "\u2028",
    "\ufff9",
    "\u200d",
    "\u200c",
  ]) {
    for (const bad of [`${one}admin`, `ad${one}min`, `admin${one}`]) {
      if (bad.trim() !== "admin") t.notOk(accepts(shownName(60), bad), codes(bad));
    }
  }
  t.notOk(accepts(shownName(60), "\u0627\u062f\u200c\u0627"), "a joiner after a letter that joins nothing");
});

t.test("a name is written in any script, with the joiners, variants and emoji that belong to it", async (t) => {
  for (const good of [
    ...["Zoë O’Connor-Šimić", "Ångström & Søn", "Đặng Thị Hà", "José", "مرحبا", "שלום", "ประยุทธ์", "သန်းထွေး"],
    ...["علی\u200cرضا", "ක්\u200dෂේම", "क्\u200dष", "葛\u{e0100}飾区", "辻\ufe00"],
    ...["👩‍🚀", "🏳️‍🌈 Ann", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "🇩🇪", "#1 Shop!", "⠓⠊⠀⠓⠊"],
  ]) {
    t.ok(accepts(shownName(60), good), good);
  }
});

t.test(
  "a text may have several lines and marks of direction, but nothing that reorders the text around it",
  async (t) => {
    for (const good of ["", "a\nb\r\n\tc", "abc \u200eאבג\u200f!", "soft\u00adhyphen"])
      t.ok(accepts(shownText(60), good), codes(good));
    for (const one of "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0085\u009f\u0000")
      t.notOk(accepts(shownText(60), `a${one}b`), codes(one));
  },
);

t.test("lengths are code points, not units of an encoding", async (t) => {
  t.ok(accepts(shownName(60), "🎁".repeat(60)));
  t.notOk(accepts(shownName(60), "🎁".repeat(61)));
  t.ok(accepts(shownText(5), "🎁".repeat(5)));
  t.notOk(accepts(shownText(5), "a".repeat(6)));
});

t.test("any text is accepted, or refused as BAD_INPUT; what is accepted is visible and accepted again", async () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom(...invisible, "\u200d", "\u200c", "\u202e", "a", "👩", "🚀", "ක්"),
  );
  const property = fc.property(fc.string({ unit, maxLength: 12 }), (typed) => {
    for (const schema of [shownName(60), shownText(60)]) {
      try {
        const taken = parse(schema, typed);
        assert.equal(parse(schema, taken), taken);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "BAD_INPUT") throw error;
      }
    }
    const name = shownName(60).safeParse(typed);
    if (name.success) assert.match(name.data, /[\p{L}\p{N}\p{P}\p{S}]/u);
  });
  fc.assert(property, runs);
});

t.test("a hidden character anywhere in a name of plain letters is found", async () => {
  const letters = fc.stringMatching(/^[a-zäöüа-яא-ת]{0,5}$/);
  const property = fc.property(
    letters,
    fc.constantFrom(...invisible, "\u202e", "\u0000", "\u0085", "\u200d", "\u200c"),
    letters,
    (before, one, after) => {
      assert.ok(!accepts(shownName(60), `a${before}${one}${after}a`), codes(one));
    },
  );
  fc.assert(property, runs);
});
