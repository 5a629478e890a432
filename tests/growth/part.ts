import { type Store, startStore } from "../support/store.ts";

/** One measurement of growing data. It returns lines of Markdown, and problems that fail the run. */
export type Part = {
  name: string;
  title: string;
  run(run: Run): Promise<{ lines: string[]; problems: string[] }>;
};

export type Run = {
  sizes: number[];
  say(line: string): void;
  /** Starts a service's database and its sidecar. They stop after the part. */
  store(service: string): Promise<Store>;
};

/** Runs a part, then stops what it started, in reverse order. */
export async function runPart(part: Part, options: Omit<Run, "store">) {
  const ends: (() => unknown)[] = [];
  const owner = { teardown: (end: () => unknown) => void ends.unshift(end) };
  try {
    return await part.run({ ...options, store: (service) => startStore(owner, service) });
  } finally {
    for (const end of ends) await end();
  }
}
