import { z } from "zod";

export const optionsSchema = z.strictObject({
  /** The SQLite file, relative to the working directory; ":memory:" keeps nothing. */
  path: z.string().min(1),
});

export type EmbeddedSearchOptions = z.infer<typeof optionsSchema>;
