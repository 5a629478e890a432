import { z } from "zod";

export const optionsSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*_$/, "must be capital letters, digits and underscores, with one at its end")
    .default("SIDECART_SECRET_"),
});
