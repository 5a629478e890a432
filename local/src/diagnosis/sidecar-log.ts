/** What a sidecar says is wrong with one of its components. */
export interface Trouble {
  component: string;
  /** In the words of the component or its server, on one line. */
  said: string;
  /** The sidecar tries again and again, and goes on meanwhile. */
  retried: boolean;
}

const init = /^Failed to init component (\S+) \(\S+\): (.*)$/;
const subscription = /^Failed to start subscription for pubsub (\S+), topic \S+: (.*)$/;

/** Dapr wraps an error once for each layer that it passes. */
const wrapping = /^.*initialization error occurred for \S+ \(\S+\): /;

/**
 * What daprd 1.18 reports in a log (JSON lines, level `warn` or lower) of components that it could not start or hear.
 * It ends on the former, and retries the latter for ever.
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
