import type { Sample } from "./measure.ts";

/** Held to everything they promise; what another implementation sells too often is a finding, not a failure of the run. */
const ours = ["sidecart", "direct"];

export type Problem = { text: string; fails: boolean };

/** What a sample must not have: wrong replies, failures, and books that disagree with what was answered. */
export function problemsOf({ implementation, caseName, all, violations }: Sample): Problem[] {
  const where = `${implementation}, ${caseName}`;
  return [
    ...all.texts
      .slice(0, 1)
      .map((text) => ({ text: `${where}: ${all.wrong} wrong replies, such as: ${text}`, fails: true })),
    ...Object.entries(all.failed).map(([text, times]) => ({ text: `${where}: ${times} times ${text}`, fails: true })),
    ...violations.map((text) => ({ text: `${where}: ${text}`, fails: ours.includes(implementation) })),
  ];
}
