/** An error that a sidecar reports about one of its components. */
export interface Trouble {
  component: string;
  /** The error of the component or its server, in one line. */
  said: string;
  /** The sidecar continues and retries. */
  retried: boolean;
}

const init = /^Failed to init component (\S+) \(\S+\): (.*)$/;
const subscription = /^Failed to start subscription for pubsub (\S+), topic \S+: (.*)$/;

/** Every layer of Dapr wraps the error once. */
const wrapping = /^.*initialization error occurred for \S+ \(\S+\): /;

/**
 * The errors in a log of daprd 1.18 (JSON lines, level `warn` or lower) about components that it cannot start and
 * subscriptions that fail. It exits on the former and retries the latter for ever.
 */
export function troublesIn(log: string): Trouble[] {
  return log.split("\n").flatMap((line) => {
    const message = messageOf(line);
    const ended = message.match(init);
    const [, component, said] = ended ?? message.match(subscription) ?? [];
    return component && said ? [{ component, said: said.replace(wrapping, ""), retried: !ended }] : [];
  });
}

function messageOf(line: string): string {
  if (!line.startsWith('{"') || !line.includes('"level":"error"')) return "";
  try {
    const { msg } = JSON.parse(line) as { msg?: string };
    return (msg ?? "").replace(/\s+/g, " ").trim();
  } catch {
    return ""; // a line that is being written
  }
}
