import type { Test } from "tap";

/** For a choice that cannot do what the test's name says: what Sidecart does instead. The test itself passes. */
export function instead(t: Test, sentence: string): void {
  t.comment(`instead: ${sentence}`);
}

/** Reports measurements to `npm run portability`; the names contain the units. */
export function measured(t: Test, figures: Record<string, number | string>): void {
  t.comment(`measured: ${JSON.stringify(figures)}`);
}

/** `npm run portability` runs the long form; `npm test` the short one, with fewer events and no long waits. */
export const long = process.env.SIDECART_PORTABILITY === "long";
