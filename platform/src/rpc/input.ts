import { z } from "zod";
import { AppError, commonErrors } from "./errors.ts";

/** Largest amount and count we accept: far below 2^53, so that sums of lines stay exact. */
export const maxMinor = 1_000_000_000_000;
export const maxQuantity = 1_000_000;

/** Control characters other than tab and line breaks have no place in text, and Postgres refuses NUL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const plain = (given: z.ZodString, min: number, max: number) =>
  given
    .min(min)
    .max(max)
    .refine((value) => value.isWellFormed(), "contains half of a surrogate pair")
    .refine((value) => !control.test(value), "contains control characters");

/** Bounded, well-formed text (no lone surrogates, no control characters), trimmed. Length in UTF-16 code units. */
export const text = (min: number, max: number) => plain(z.string().trim(), min, max);

/** The same as it was given: where a space at the end counts. */
export const untrimmedText = (min: number, max: number) => plain(z.string(), min, max);

/** `Bearer …` of whoever an item of a call belongs to; empty: the caller. */
export const authorization = z.string().max(8_000).default("");

/** In lower case, as databases and events have it: ids are compared as texts. */
export const id = z.uuid().toLowerCase();
export const quantity = z.int().min(1).max(maxQuantity);
/** From protobuf's int64 (bigint) or a number to a safe integer of minor units. */
export const minorUnits = z.coerce.number<number | bigint>().int().min(0).max(maxMinor);

/** ISO 4217 codes the runtime knows. */
const currencies = new Set(Intl.supportedValuesOf("currency"));
export const currency = z.string().refine((code) => currencies.has(code), "is not an ISO 4217 currency code");

export const pageSize = (max: number) => z.int().min(0).max(max);

const maxProblems = 10;

/** The parsed value, or BAD_INPUT naming the first ten fields that are wrong and why; the values themselves are not repeated. */
export function parse<T>(schema: z.ZodType<T, unknown>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badFields(problemsIn(result.error).slice(0, maxProblems));
}

export interface BadField {
  /** Its path, such as lines.0.productId; empty for the whole. */
  field: string;
  problem: string;
}

export const problemsIn = ({ issues }: z.ZodError): BadField[] =>
  issues.map(({ path, message }) => ({ field: path.join("."), problem: message }));

/** In one line; `whole`: what it is that the fields are of. */
export const inWords = (fields: readonly BadField[], whole: string): string =>
  fields.map(({ field, problem }) => `${field || whole}: ${problem}`).join("; ");

export function badFields(fields: BadField[]): AppError {
  return new AppError(commonErrors.invalid, { message: inWords(fields, "request"), details: { fields } });
}
