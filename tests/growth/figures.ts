/** The median. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The duration of `work`, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), `|${titles.map((_, column) => (column === 0 ? "---" : "--:")).join("|")}|`, ...rows.map(line)];
}

export const ms = (value: number) => value.toFixed(2);
export const count = (value: number) => value.toLocaleString("en-GB");
export const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
