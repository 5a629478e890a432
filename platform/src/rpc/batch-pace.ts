export type Pace = {
  /** While a batch is under way another one begins only when it is full, or when the one before has taken this long. */
  patienceMs: number;
  /**
   * When a batch has ended and there is more than one caller, the next one waits until as many are there again, while
   * they come within this time of each other, and for no longer than `patienceMs`.
   */
  lingerMs: number;
};

/** Decides when a batch that is not full may begin; `look`: that may have changed. */
export function createPace({ patienceMs, lingerMs }: Pace, look: () => void) {
  let patient = false;
  /** Callers who were there when a batch ended, and until when the next one waits for them. */
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
    allows: (waiting: number, underWay: number): boolean => (underWay > 0 ? !patient : waiting >= expected),
    began(): void {
      patient = true;
      expected = 0;
      after(patienceMs, () => {
        patient = false;
      });
    },
    /** `callers`: those who were answered, and those who wait. */
    ended(callers: number): void {
      clearTimeout(timer);
      if (callers < 2) return;
      expected = callers;
      lingersUntil = performance.now() + patienceMs;
      linger();
    },
    /** Another caller: more may follow. */
    came(): void {
      if (expected > 0) linger();
    },
  };
}
