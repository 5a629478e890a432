/** What is wrong, in one line: the component, the cause and what to do about it. */
export class Problem extends Error {
  /** It may be over soon: a server does not listen yet. */
  readonly passing: boolean;

  constructor(component: string, cause: string, fix: string) {
    super(`${component}: ${oneLine(cause)}; ${oneLine(fix)}`);
    this.passing = notYet.test(cause);
  }
}

// Node's words for sockets and names, those of fetch's time limit, and of Redis, NATS and Kafka while they start.
const notYet =
  /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|connection refused|timed? ?out|socket closed|^Redis .* LOADING/i;

/** What an error says, without the stack: the innermost of those that were wrapped, the first of several. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? reasonOf(inner) : oneLine(error.message || error.name);
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, " ").trim();
