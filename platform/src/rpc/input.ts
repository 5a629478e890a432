import { z } from "zod";
import { AppError, commonErrors } from "./errors.ts";

/** Maximum amount and quantity. They are far below 2^53, so that sums of lines stay exact. */
export const maxMinor = 1_000_000_000_000;
export const maxQuantity = 1_000_000;

/** Control characters other than tab and line breaks are refused; Postgres cannot store NUL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** The length of a text, independent of its encoding. */
export const codePoints = (value: string): number => [...value].length;

/** A code point has one or two code units, so a very long text is not counted. */
function isWithin(value: string, min: number, max: number): boolean {
  if (value.length > 2 * max) return false;
  const length = codePoints(value);
  return length >= min && length <= max;
}

const plain = (given: z.ZodString, min: number, max: number) =>
  given
    .refine((value) => isWithin(value, min, max), { error: `must have ${min} to ${max} characters`, abort: true })
    .refine((value) => value.isWellFormed(), "contains half of a surrogate pair")
    .refine((value) => !control.test(value), "contains control characters");

/**
 * Trimmed, bounded, well-formed text (no lone surrogates, no control characters) in Unicode's form NFC, so that texts that
 * look alike because of their accents are equal. Lengths are in Unicode code points. For texts that are shown to other
 * people use `shownName` or `shownText`.
 */
export const text = (min: number, max: number) => plain(z.string().trim().normalize("NFC"), min, max);

/** Like `text` but not trimmed, for values in which spaces count. */
export const untrimmedText = (min: number, max: number) => plain(z.string(), min, max);

const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800]]/v;

/** True when people see something. U+2800 is a braille cell without dots; the Hangul fillers are ignorable letters. */
export const isVisible = (value: string): boolean => visible.test(value);

/**
 * A caller's key of a command. It is compared as it is given: not trimmed and not normalised, so that no two keys become
 * one. A key without a visible character is a mistake of the caller, and is refused rather than taken for no key.
 */
export const idempotencyKey = untrimmedText(1, 255).refine(isVisible, "has no visible character");

/** `Bearer …` token for one item of a call. Empty: the token of the call. */
export const authorization = z.string().max(8_000).default("");

/** Lower case, as in databases and events, because ids are compared as text. */
export const id = z.uuid().toLowerCase();
export const quantity = z.int().min(1).max(maxQuantity);
/** Minor units as a safe integer, from protobuf's int64 (bigint) or a number. */
export const minorUnits = z.coerce.number<number | bigint>().int().min(0).max(maxMinor);

/** Rows of a page whose size the caller leaves open. */
export const defaultPageSize = 20;
/** The rows of a page. Protobuf's 0, for a number that is absent, is the default. */
export const pageSize = (max: number) =>
  z
    .int()
    .min(0)
    .max(max)
    .transform((rows) => rows || defaultPageSize);

const maxProblems = 10;

/**
 * Returns the parsed value, or throws BAD_INPUT with the first ten invalid fields and the reasons. The error does not
 * repeat values.
 */
export function parse<T>(schema: z.ZodType<T, unknown>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badFields(problemsIn(result.error).slice(0, maxProblems));
}

export interface BadField {
  /** Path of the field, such as lines.0.productId. Empty when the whole value is wrong. */
  field: string;
  problem: string;
}

export const problemsIn = ({ issues }: z.ZodError): BadField[] =>
  issues.map(({ path, message }) => ({ field: path.join("."), problem: message }));

/** One line of text. `whole` names the value that has the fields. */
export const describeFields = (fields: readonly BadField[], whole: string): string =>
  fields.map(({ field, problem }) => `${field || whole}: ${problem}`).join("; ");

export function badFields(fields: BadField[]): AppError {
  return new AppError(commonErrors.invalid, { message: describeFields(fields, "request"), details: { fields } });
}
