import { z } from "zod";
import { BindingError } from "./errors.ts";

/** Checks a component's metadata; the error names every wrong key and never repeats a value, which may be a secret. */
export function parseOptions<Options>(schema: z.ZodType<Options>, properties: Record<string, string>): Options {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${keyOf(issue)}: ${issue.message}`);
  throw new BindingError("INVALID_ARGUMENT", `component options: ${problems.join("; ")}`);
}

function keyOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return issue.keys.join(", ");
  return issue.path.join(".") || "metadata";
}

/** Component metadata is text: these read the other types from it. */
export const integerOption = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum));

export const booleanOption = z.enum(["true", "false"]).transform((text) => text === "true");
