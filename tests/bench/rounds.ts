import { join, resolve } from "node:path";
import type { Adapter, AdapterModule, CaseName } from "./adapter.ts";
import { caseOf } from "./cases.ts";
import { sizeOf } from "./data-set.ts";
import { LoadProcess } from "./load/process.ts";
import { type Entry, measure, type Sample } from "./measure.ts";
import type { Options } from "./options.ts";
import { profiling } from "./profiling.ts";

export type Competitor = { file: string; url?: string };

export type Run = { samples: Sample[]; versions: Record<string, string> };

const ours = join(import.meta.dirname, "adapters/sidecart.ts");
const direct = join(import.meta.dirname, "adapters/direct.ts");

export const competitorsOf = ({ alone, profile, versus }: Options): Competitor[] => [
  { file: ours },
  ...(alone || profile ? [] : [{ file: direct }]),
  ...(versus ? [{ file: resolve(versus.adapter), url: versus.url }] : []),
];

/**
 * Runs every case of every implementation in each round. The implementations alternate, so that a ratio compares
 * measurements that are close in time. Calls `onSample` after each measurement.
 */
export async function runRounds(
  competitors: readonly Competitor[],
  options: Options,
  say: (line: string) => void,
  onSample: (sample: Sample, round: number) => void,
): Promise<Run> {
  const entries: (Entry & { adapter: Adapter<unknown> })[] = [];
  const samples: Sample[] = [];
  try {
    for (const competitor of competitors) entries.push(await enter(competitor, options, say));
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const { caseName, connections } of plan(options)) {
        for (const entry of entries.filter(({ adapter }) => adapter.cases[caseName])) {
          await entry.system.turnTo?.(caseName);
          const logs = entry.system.logs?.();
          const profiler = logs && (await profiling(logs, caseName, say));
          const sample = await measure(
            entry,
            { caseName, connections, seconds: options.seconds, round },
            profiler?.window,
          );
          await profiler?.done();
          samples.push(sample);
          onSample(sample, round);
        }
      }
    }
    return { samples, versions: Object.assign({}, ...entries.map(({ system }) => system.versions)) };
  } finally {
    for (const { load, system } of entries.reverse()) {
      load.stop();
      await system.stop();
    }
  }
}

function plan({ only, connections }: Options): { caseName: CaseName; connections: number }[] {
  return only.flatMap((caseName) => {
    const { burst, connections: usual } = caseOf(caseName);
    return (burst ? usual : (connections ?? usual)).map((number) => ({ caseName, connections: number }));
  });
}

async function enter({ file, url }: Competitor, options: Options, say: (line: string) => void) {
  const { adapter } = (await import(file)) as AdapterModule;
  const size = sizeOf(options.products, options.orders);
  say(`${adapter.name}: ${size.products} products, ${size.accounts} accounts, ${size.orders} orders`);
  for (const name of options.only) {
    const note = adapter.notes?.[name];
    if (note) say(`${adapter.name}, ${caseOf(name).title}: ${note}`);
  }
  const system = await adapter.prepare({
    ...(url && { url }),
    size,
    cases: options.only,
    profile: options.profile,
    say,
  });
  const load = await LoadProcess.start({ adapter: file, world: system.world });
  return { name: adapter.name, adapter: adapter as unknown as Adapter<unknown>, system, load };
}
