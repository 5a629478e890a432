import { z } from "zod";

/** Wrong options of a component, each with what is wrong; never with its value, which may be a secret. */
export class OptionError extends Error {
  readonly problems: readonly { option: string; problem: string }[];

  constructor(problems: readonly { option: string; problem: string }[], options?: { cause?: unknown }) {
    super(problems.map(({ option, problem }) => `option ${option}: ${problem}`).join("\n"), options);
    this.name = "OptionError";
    this.problems = problems;
  }

  /** One line a problem, as whoever set the component up reads it. */
  linesOf(component: string): string[] {
    return this.problems.map(({ option, problem }) => `component ${component}: option ${option}: ${problem}`);
  }
}

/** For what only opening the component shows, such as a file that cannot be read. */
export function refuseOption(option: string, problem: string, cause?: unknown): OptionError {
  return new OptionError([{ option, problem }], { cause });
}

export function parseOptions<Options>(schema: z.ZodType<Options>, properties: Record<string, string>): Options {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  throw new OptionError(result.error.issues.flatMap((issue) => problemsOf(issue, properties)));
}

function problemsOf(issue: z.core.$ZodIssue, properties: Record<string, string>) {
  if (issue.code === "unrecognized_keys") return issue.keys.map((option) => ({ option, problem: "there is no such" }));
  const option = String(issue.path[0] ?? "metadata");
  const missing = issue.code === "invalid_type" && !Object.hasOwn(properties, option);
  return [{ option, problem: missing ? "is missing" : issue.message }];
}

/** Component metadata is text: this reads a number from it. */
export const integerOption = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum));
