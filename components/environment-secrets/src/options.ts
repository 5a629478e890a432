import { z } from "zod";

export const optionsSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*_$/, "must be capital letters, digits and underscores, and end with an underscore")
    .default("SIDECART_SECRET_"),
});
