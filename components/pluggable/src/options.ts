import { z } from "zod";

/** The invalid options of a component, each with its problem. Values may be secrets, so messages contain none. */
export class OptionError extends Error {
  readonly problems: readonly { option: string; problem: string }[];

  constructor(problems: readonly { option: string; problem: string }[], options?: { cause?: unknown }) {
    super(problems.map(({ option, problem }) => `option ${option}: ${problem}`).join("\n"), options);
    this.name = "OptionError";
    this.problems = problems;
  }

  /** One line per problem, for the operator. */
  linesOf(component: string): string[] {
    return this.problems.map(({ option, problem }) => `component ${component}: option ${option}: ${problem}`);
  }
}

/** An error for an option whose problem shows only when the component opens, such as an unreadable file. */
export function optionError(option: string, problem: string, cause?: unknown): OptionError {
  return new OptionError([{ option, problem }], { cause });
}

export function parseOptions<Options>(schema: z.ZodType<Options>, properties: Record<string, string>): Options {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  throw new OptionError(result.error.issues.flatMap((issue) => problemsOf(issue, properties)));
}

function problemsOf(issue: z.core.$ZodIssue, properties: Record<string, string>) {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((option) => ({ option, problem: "is not a known option" }));
  const option = String(issue.path[0] ?? "metadata");
  const missing = issue.code === "invalid_type" && !Object.hasOwn(properties, option);
  return [{ option, problem: missing ? "is missing" : issue.message }];
}

/** Parses a number, because component metadata is text. */
export const integerOption = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum));
