export type Pace = {
  /** While a batch is in progress, another one that is not full starts only after this time. */
  patienceMs: number;
  /**
   * When a batch of several callers has ended, the next one waits until as many callers have returned. It stops waiting
   * when none arrives within this time of the previous one, and after `patienceMs`.
   */
  lingerMs: number;
};

/** Decides when a batch that is not full may start. `look` is called when the decision may have changed. */
export function createPace({ patienceMs, lingerMs }: Pace, look: () => void) {
  let patient = false;
  /** How many callers there were when a batch ended, and until when the next batch waits for them. */
  let expected = 0;
  let lingersUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  const after = (ms: number, then: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      then();
      look();
    }, ms).unref();
  };
  const linger = () => {
    const ms = Math.min(lingerMs, lingersUntil - performance.now());
    const over = () => {
      expected = 0;
    };
    if (ms > 0) after(ms, over);
    else over();
  };
  return {
    allows: (waiting: number, inProgress: number): boolean => (inProgress > 0 ? !patient : waiting >= expected),
    began(): void {
      patient = true;
      expected = 0;
      after(patienceMs, () => {
        patient = false;
      });
    },
    /** `callers`: those that got a response, and those that still wait. */
    ended(callers: number): void {
      clearTimeout(timer);
      if (callers < 2) return;
      expected = callers;
      lingersUntil = performance.now() + patienceMs;
      linger();
    },
    /** Another caller arrived, and more may follow. */
    came(): void {
      if (expected > 0) linger();
    },
  };
}
