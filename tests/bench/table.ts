import { caseOf, overload } from "./cases.ts";
import type { AtRest, ColdStart } from "./cold-start.ts";
import type { Sample } from "./measure.ts";
import { type Row, type Spread, spreadOf } from "./rows.ts";

const titles = [
  "case",
  "connections",
  "implementation",
  "per second (min to max)",
  "p50 ms",
  "p90",
  "p99",
  "caught up after",
  "event p50",
  "p99",
  "shed",
  "cores",
  "load's",
  "ratio",
];

/** The rows as a Markdown table, for the evidence and the screen. */
export const tableOf = (rows: readonly Row[]): string => markdown(titles, rows.map(cells), 3);

/** The first `texts` columns contain text, the others figures. */
function markdown(titles: string[], rows: string[][], texts: number): string {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const text = lines.map(
    (line) => `| ${line.map((cell, column) => pad(cell, widths[column] ?? 0, column < texts)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width, column) => (column < texts ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [text[0], rule, ...text.slice(1)].join("\n");
}

function cells(row: Row): string[] {
  const { median, least, most } = row.perSecond;
  return [
    caseOf(row.caseName).title,
    String(row.connections),
    row.implementation,
    `${figure(median)} (${figure(least)} to ${figure(most)})`,
    ...[row.p50, row.p90, row.p99].map((spread) => figure(spread.median)),
    ...[row.settleMs, row.eventP50, row.eventP99].map((spread) => (spread ? figure(spread.median) : "")),
    row.shed > 0 ? percent(shedOf(row)) : "",
    row.cores.median.toFixed(2),
    row.loadCores.median.toFixed(2),
    Object.entries(row.ratios).map(ratioText).join(", "),
  ];
}

const ratioText = ([name, { median }]: [string, Spread]) => `${median.toFixed(2)} × ${name}`;

const pad = (cell: string, width: number, isText: boolean) => (isText ? cell.padEnd(width) : cell.padStart(width));

/** The resource use of each process by case and connections: the median of the rounds. */
export function footprintOf(samples: readonly Sample[]): string {
  const names = [...new Set(samples.flatMap(({ usage }) => Object.keys(usage)))];
  const groups = Map.groupBy(samples, (one) => [one.caseName, one.connections, one.implementation].join(" "));
  const rows = [...groups.values()].map((group) => {
    const [{ caseName, connections, implementation, seconds }] = group as [Sample];
    const cellOf = (name: string) => {
      const used = group.flatMap(({ usage }) => usage[name] ?? []);
      if (used.length === 0) return "";
      const [cpu, memory] = [used.map((one) => one.cpuSeconds), used.map((one) => one.mebibytes)];
      return `${figure(spreadOf(cpu).median)} s, ${figure(spreadOf(memory).median)} MiB`;
    };
    return [caseOf(caseName).title, String(connections), implementation, figure(seconds), ...names.map(cellOf)];
  });
  return markdown(["case", "connections", "implementation", "seconds", ...names], rows, 3);
}

/** The throughput under overload, compared with the best throughput; empty without an overload case. */
export function overloadTableOf(rows: readonly Row[]): string {
  const lines = rows
    .filter(({ connections }) => connections === overload)
    .map((row) => {
      const fewer = rows.filter((one) => one.implementation === row.implementation && one.caseName === row.caseName);
      const best = Math.max(...fewer.map(({ perSecond }) => perSecond.median));
      const kept = percent(row.perSecond.median / best);
      return [
        caseOf(row.caseName).title,
        row.implementation,
        figure(best),
        kept,
        percent(shedOf(row)),
        figure(row.p99.median),
      ];
    });
  const titles = ["case", "implementation", "best per second", `at ${overload} connections`, "shed", "p99 ms"];
  return lines.length > 0 ? markdown(titles, lines, 2) : "";
}

const shedOf = ({ shed, right }: Row) => shed / Math.max(1, shed + right);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export const coldTableOf = (starts: readonly ColdStart[]): string =>
  markdown(
    ["what", "first successful response after ms"],
    starts.map(({ what, ms }) => [what, figure(ms)]),
    1,
  );

export function atRestTableOf({ seconds, usage }: AtRest): string {
  const rows = Object.entries(usage).map(([name, { cpuSeconds, mebibytes }]) => {
    return [name, figure((1_000 * cpuSeconds) / seconds), figure(mebibytes)];
  });
  return markdown(["without load", "CPU, ms per second", "MiB"], rows, 1);
}

/** Rounds to three significant digits. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value >= 100) return Math.round(value).toLocaleString("en-GB");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
