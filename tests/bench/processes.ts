import { readdirSync, readFileSync } from "node:fs";
import type { Launched } from "@sidecart/local/launch";

/** Clock ticks per second in `/proc`; 100 on every Linux that Node supports. */
const ticks = 100;

/** The running processes of a system, by name. */
export const pidsOf = ({ processes }: Pick<Launched, "processes">): Map<string, number> =>
  new Map([...processes].flatMap(([name, { pid }]) => (pid ? [[name, pid]] : [])));

export type Usage = { cpuSeconds: number; mebibytes: number };
type Families = { cpu: Map<string, number>; pids: Map<string, number[]> };

/**
 * Measures the resource use of processes until `stop`, each with its current and former children (PostgreSQL has one per
 * connection). Memory is measured at the end as PSS, which divides shared memory among processes. Empty without /proc.
 */
export function watch(processes: ReadonlyMap<string, number>): { stop(): Record<string, Usage> } {
  const before = look(processes);
  return {
    stop() {
      const after = look(processes);
      const usage = [...after.cpu].map(([name, cpu]) => {
        const cpuSeconds = (cpu - (before.cpu.get(name) ?? 0)) / ticks;
        const kibibytes = (after.pids.get(name) ?? []).reduce((sum, pid) => sum + memoryOf(pid), 0);
        return [name, { cpuSeconds, mebibytes: Math.round(kibibytes / 1_024) }] as const;
      });
      return Object.fromEntries(usage);
    },
  };
}

function look(processes: ReadonlyMap<string, number>): Families {
  const stats = readStats();
  const children = Map.groupBy(stats.keys(), (pid) => stats.get(pid)?.parent ?? 0);
  const family = (pid: number): number[] => (stats.has(pid) ? [pid, ...(children.get(pid) ?? []).flatMap(family)] : []);
  const pids = new Map([...processes].map(([name, pid]) => [name, family(pid)]));
  const sum = (all: number[]) => all.reduce((total, pid) => total + (stats.get(pid)?.cpu ?? 0), 0);
  const alive = [...pids].filter(([, all]) => all.length > 0);
  return { pids, cpu: new Map(alive.map(([name, all]) => [name, sum(all)])) };
}

function readStats(): Map<number, { parent: number; cpu: number }> {
  const stats = new Map<number, { parent: number; cpu: number }>();
  for (const name of entriesOf("/proc")) {
    // proc_pid_stat(5): the name may contain any character, so parse after it; the next field is the third.
    const fields = /^\d+$/.test(name) ? read(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ") : undefined;
    const field = (place: number) => Number(fields?.[place - 3]);
    if (fields) stats.set(Number(name), { parent: field(4), cpu: field(14) + field(15) + field(16) + field(17) });
  }
  return stats;
}

const memoryOf = (pid: number) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

/** Empty when the process has exited. */
function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
