import type { Sample } from "./measure.ts";

/** A problem of our implementations fails the run. Overselling by another implementation is only reported. */
const ours = ["sidecart", "direct"];

export type Problem = { text: string; fails: boolean };

/** The problems of a sample: wrong responses, failures, and differences between responses and databases. */
export function problemsOf({ implementation, caseName, all, violations }: Sample): Problem[] {
  const where = `${implementation}, ${caseName}`;
  return [
    ...all.texts
      .slice(0, 1)
      .map((text) => ({ text: `${where}: ${all.wrong} wrong responses, such as: ${text}`, fails: true })),
    ...Object.entries(all.failed).map(([text, times]) => ({ text: `${where}: ${times} times ${text}`, fails: true })),
    ...violations.map((text) => ({ text: `${where}: ${text}`, fails: ours.includes(implementation) })),
  ];
}
