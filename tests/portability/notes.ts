import type { Test } from "tap";

/** Says, in a test that passes, that the choice cannot do what the test's name says, and what Sidecart does instead. */
export function instead(t: Test, sentence: string): void {
  t.comment(`instead: ${sentence}`);
}

/** Hands what was measured to `npm run portability`; the names carry the units. */
export function measured(t: Test, figures: Record<string, number | string>): void {
  t.comment(`measured: ${JSON.stringify(figures)}`);
}

/** `npm run portability` runs the long form; `npm test` the short one, which has fewer events and no long waits. */
export const long = process.env.SIDECART_PORTABILITY === "long";
