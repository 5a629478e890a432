/** A longer chain of causes, or a circular one, is cut off. */
const maxCauses = 10;
const maxText = 4_000;
const redacted = "[redacted]";

/**
 * An error as it is logged: its name, code, message and stack, with those of its causes. No other property: drivers keep
 * the refused command, the connection's settings or the request's headers in their errors, with passwords.
 */
export type SafeError = { type: string; code?: string | number; message: string; stack: string };

export function toSafeError(error: unknown): SafeError | unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? withoutSecrets(error) : error;
  const code = codeOf(error);
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    message: withoutSecrets(error.message),
    stack: stacksOf(error).join("\ncaused by: "),
  };
}

function stacksOf(error: Error): string[] {
  const stacks: string[] = [];
  for (let at: unknown = error; at instanceof Error && stacks.length < maxCauses; at = at.cause) {
    const code = codeOf(at);
    const named = code === undefined ? "" : ` (${code})`;
    stacks.push(`${withoutSecrets(at.stack ?? at.message)}${named}`);
    if (at instanceof AggregateError) stacks.push(...at.errors.slice(0, maxCauses).flatMap(onlyMessage));
  }
  return stacks;
}

function codeOf({ code }: Error & { code?: unknown }): string | number | undefined {
  return typeof code === "string" || typeof code === "number" ? code : undefined;
}

const onlyMessage = (error: unknown): string[] => (error instanceof Error ? [withoutSecrets(error.message)] : []);

/**
 * Masks what looks like a credential: the log-in in a URL, an `Authorization` value, `password=…` and the like. Messages
 * of drivers quote addresses and settings. A log-in with an unescaped slash is masked too, although no URL may have it. The
 * text is shortened.
 */
export function withoutSecrets(text: string): string {
  return (
    text
      // A credential at the end of the shortened text is still recognised as one.
      .slice(0, 2 * maxText)
      .replace(/([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'`]*|[^\s/?#"'`:]*:[^\s"'`]*)@/gi, `$1${redacted}@`)
      .replace(/\b(bearer|basic|digest|apikey|AWS4-HMAC-SHA256)\s+[\w+/=.,~-]{8,}/gi, `$1 ${redacted}`)
      .replace(
        /(\b[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|private[_-]?key)(?:=|["']\s*:\s*)["']?)[^\s"',;&}]+/gi,
        `$1${redacted}`,
      )
      .slice(0, maxText)
  );
}
