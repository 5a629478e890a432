import { type Store, startStore } from "../support/store.ts";

/** One thing that grows, measured: lines of Markdown, and what must not be. */
export type Part = {
  name: string;
  title: string;
  run(run: Run): Promise<{ lines: string[]; problems: string[] }>;
};

export type Run = {
  sizes: number[];
  say(line: string): void;
  /** A service's database behind its sidecar, until the part has ended. */
  store(service: string): Promise<Store>;
};

/** Runs a part and ends what it started, the last first. */
export async function runPart(part: Part, options: Omit<Run, "store">) {
  const ends: (() => unknown)[] = [];
  const owner = { teardown: (end: () => unknown) => void ends.unshift(end) };
  try {
    return await part.run({ ...options, store: (service) => startStore(owner, service) });
  } finally {
    for (const end of ends) await end();
  }
}
