import { z } from "zod";

export const optionsSchema = z.strictObject({
  /** The SQLite file, relative to the working directory; ":memory:" stores nothing on disk. */
  path: z.string().min(1),
});

export type EmbeddedSearchOptions = z.infer<typeof optionsSchema>;
