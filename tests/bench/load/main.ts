import type { Adapter, AdapterModule, CaseName } from "../adapter.ts";
import { Checks } from "./checks.ts";
import { closedLoop, type Load, type Measured } from "./closed-loop.ts";

/** The messages to and from the process of the load generator. */
export type Order = Load & { caseName: CaseName };
export type Begin = { adapter: string; world: unknown };
export type Said = "ready" | "measuring" | "measured" | Measured | { error: string };

/** Only the channel to the parent keeps the process alive, so it exits with its parent. */
process.once("message", async ({ adapter: file, world }: Begin) => {
  const { adapter } = (await import(file)) as AdapterModule;
  process.on("message", (order: Order) => {
    run(adapter as unknown as Adapter<unknown>, world, order).then(say, (error) => say({ error: String(error) }));
  });
  say("ready");
});

/** Each run checks all responses again. */
function run({ cases }: Adapter<unknown>, world: unknown, { caseName, ...load }: Order): Promise<Measured> {
  const ask = cases[caseName]?.(world);
  if (!ask) throw new Error(`no case ${caseName}`);
  return closedLoop(ask, load, new Checks(), {
    measuring: () => say("measuring"),
    measured: () => say("measured"),
  });
}

const say = (what: Said) => void process.send?.(what);
