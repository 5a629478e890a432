import { z } from "zod";

export const limits = {
  idLength: 100,
  queryLength: 200,
  nameLength: 200,
  descriptionLength: 10_000,
  attributes: 50,
  bulkOperations: 1_000,
  pageSize: 100,
  suggestions: 20,
  filterValues: 100,
  cursorLength: 2_000,
} as const;

/** Text that both engines store and give back unchanged: no NUL or other control character, no lone surrogate. */
export const text = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .refine((value) => value.isWellFormed() && !controlCharacter.test(value), "must be well-formed text");

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused; tab and line ends are text.
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export const id = text(limits.idLength).min(1);
export const wholeNumber = z.int().min(0);

/** A product as it is searched. `price` is in minor units of `currency`, `createdAt` is RFC 3339. */
export const documentSchema = z.object({
  id,
  name: text(limits.nameLength).min(1),
  description: text(limits.descriptionLength),
  category: id,
  attributes: z
    .record(id, text(500))
    .refine((value) => Object.keys(value).length <= limits.attributes, `at most ${limits.attributes}`),
  partnerId: id,
  price: wholeNumber,
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"),
  stock: wholeNumber,
  createdAt: z.iso.datetime({ offset: true }),
  imageUrl: text(2_000),
});

export type SearchDocument = z.infer<typeof documentSchema>;
