import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Window } from "./measure.ts";
import { profile, sharesOf, writeProfile } from "./profile.ts";

const shown = 10;
const worthTelling = 0.02;

/** Profiles the programs with these logs during a case, and prints where they spent their time. */
export async function profiling(logs: ReadonlyMap<string, string>, caseName: string, say: (line: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-profiles-"));
  let started: [string, ReturnType<typeof profile>][] = [];
  let ended: Promise<void>[] = [];
  const keep = async (name: string, running: ReturnType<typeof profile>) => {
    const taken = await (await running).stop();
    const file = await writeProfile(folder, `${caseName}-${name}`, taken);
    const { busy, packages, functions } = sharesOf(taken);
    if (busy < worthTelling) return;
    const lines = [...packages.slice(0, shown), ...functions.slice(0, shown)].map(line);
    say([`${name}, busy ${percent(busy)} of the time: ${file}`, ...lines].join("\n"));
  };
  const window: Window = {
    begin() {
      started = [...logs].map(([name, log]) => [name, profile(log)]);
    },
    end() {
      ended = started.map(([name, running]) => keep(name, running));
    },
  };
  return { window, done: () => Promise.all(ended) };
}

const line = ([name, share]: [string, number]) => `  ${percent(share).padStart(7)}  ${name}`;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
