/** An error for the operator in one line: the component, the cause and the fix. */
export class Problem extends Error {
  /** A retry may help, because the server does not listen yet. */
  readonly transient: boolean;

  constructor(component: string, cause: string, fix: string) {
    super(`${component}: ${oneLine(cause)}; ${oneLine(fix)}`);
    this.transient = transientCause.test(cause);
  }
}

// Error texts of Node's sockets and DNS, of fetch's timeout, and of Redis, NATS and Kafka while they start.
const transientCause =
  /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|connection refused|timed? ?out|socket closed|^Redis .* LOADING/i;

/** The message of the innermost cause; of an AggregateError, that of its first error. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? reasonOf(inner) : oneLine(error.message || error.name);
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, " ").trim();
