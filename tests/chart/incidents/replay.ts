import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recording } from "../../faults/long/incidents.ts";

/** What was recorded in five seconds takes a minute, so the traffic is a twelfth of the recorded. */
export const everySeconds = 60;
/** The windows of the alerts that page are at most six hours. */
const calmMinutes = 6 * 60;
export const beginsAt = calmMinutes * everySeconds;

/**
 * Series of a recording in the notation of Prometheus' tests: the calm part again and again for six hours, then the
 * incident, again and again for `minutes`.
 */
export function stretched({ begins, series }: Recording, minutes: number): string {
  const lines = Object.entries(series).map(([name, values]) => {
    const changes = values.slice(1).map((value, at) => Math.max(0, value - (values[at] ?? 0)));
    const [calm, during] = [changes.slice(0, begins), changes.slice(begins)];
    const samples = [0];
    const add = (from: number[], count: number) => {
      for (let at = 0; at < count; at += 1) samples.push((samples.at(-1) ?? 0) + (from[at % from.length] ?? 0));
    };
    add(calm, calmMinutes);
    add(during, minutes);
    return `  ${name.replace("{", '{namespace="shop",')} ${samples.join(" ")}`;
  });
  return `load ${everySeconds}s\n${lines.join("\n")}\n`;
}

export const recorded = async (name: string): Promise<Recording> =>
  JSON.parse(await readFile(join(import.meta.dirname, `${name}.json`), "utf8"));
