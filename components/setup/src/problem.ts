/** What is wrong, in one line: the component, the cause and what to do about it. */
export class Problem extends Error {
  constructor(component: string, cause: string, fix: string) {
    super(`${component}: ${oneLine(cause)}; ${oneLine(fix)}`);
  }
}

/** What an error says, without the stack: the innermost of those that were wrapped, the first of several. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? reasonOf(inner) : oneLine(error.message || error.name);
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, " ").trim();
