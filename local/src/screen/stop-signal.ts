// npm forwards the terminal's Ctrl-C to its child, which also gets it from the terminal: two signals for one press.
const samePressMs = 300;

/** Calls `first` at the first Ctrl-C (or SIGTERM, SIGHUP) and `second` at a second press. */
export function onStopSignal(handlers: { first: () => void; second: () => void }): void {
  let askedAt: number | undefined;
  let askedTwice = false;
  const onSignal = () => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      handlers.first();
    } else if (!askedTwice && performance.now() - askedAt > samePressMs) {
      askedTwice = true;
      handlers.second();
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}
