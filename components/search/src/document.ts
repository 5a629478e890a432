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
  cursorLength: 1_000,
} as const;

/** Text that both engines store and return unchanged: no NUL and no unpaired surrogate. */
export const text = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "must be well-formed text without NUL");

export const id = text(limits.idLength).min(1);
export const wholeNumber = z.int().min(0);

/**
 * A product in a search index. `price` is in minor units of `currency`, `createdAt` is RFC 3339, and `partnerId` is empty
 * for a product without a partner.
 */
export const documentSchema = z.object({
  id,
  name: text(limits.nameLength).min(1),
  description: text(limits.descriptionLength),
  category: id,
  attributes: z
    .record(id, text(500))
    .refine((value) => Object.keys(value).length <= limits.attributes, `at most ${limits.attributes}`),
  partnerId: text(limits.idLength),
  price: wholeNumber,
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"),
  stock: wholeNumber,
  createdAt: z.iso.datetime({ offset: true }),
  imageUrl: text(10_000),
});

export type SearchDocument = z.infer<typeof documentSchema>;
