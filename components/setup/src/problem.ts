/** What is wrong, in one line: the component, the cause and what to do about it. */
export class Problem extends Error {
  constructor(component: string, cause: string, fix: string) {
    super(`${component}: ${oneLine(cause)}; ${oneLine(fix)}`);
  }
}

/** What an error says, without the stack; of several, the first. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, " ").trim();
