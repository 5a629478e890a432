import { toASCII } from "tr46";
import { isVisible, text } from "./input.ts";

/** Embeddings, overrides and isolates: they change the order of the text around them. The marks (U+200E) do not. */
const reordering = /[\u202a-\u202e\u2066-\u2069]/;

/** Characters without width of their own, control characters and line separators. */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\ufff9-\ufffb]/u;

/** Joiners in emoji, variants of Han characters, and joiners inside words. They are hidden characters that one sees. */
const emoji = /\p{RGI_Emoji}/gv;
const hanVariant = /(?<=\p{Script=Han})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]/gu;
const wordWithJoiner = /[\p{L}\p{M}]+(?:[\u200c\u200d][\p{L}\p{M}]+)+/gu;

/** An empty braille cell beside anything but braille is a space that looks like none of the known ones. */
const strayBrailleBlank = /(?<![\u2801-\u28ff])\u2800|\u2800(?![\u2801-\u28ff])/;

/**
 * The joiners U+200C and U+200D are correct only where they change how the word is written (RFC 5892, appendix A.1 and
 * A.2). Domain names have the same rule.
 */
const withoutJoiners = (word: string) =>
  toASCII(word.toLowerCase(), { checkJoiners: true }) === null ? word : word.replace(/[\u200c\u200d]/g, "");

const hasHidden = (value: string) =>
  hidden.test(value.replace(emoji, "").replace(hanVariant, "").replace(wordWithJoiner, withoutJoiners)) ||
  strayBrailleBlank.test(value);

/** A name that people see and compare: one line, at least one visible character, and no hidden ones. */
export const shownName = (max: number) =>
  text(1, max)
    .refine(isVisible, "has no visible character")
    .refine((value) => !hasHidden(value), "contains hidden characters or line breaks");

/** Text of several lines that people see. When it is not empty, it has at least one visible character. */
export const shownText = (max: number, min = 0) =>
  text(min, max)
    .refine((value) => value === "" || isVisible(value), "has no visible character")
    .refine((value) => !reordering.test(value), "contains characters that change the order of the text");
