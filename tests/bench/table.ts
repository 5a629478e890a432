import { caseOf } from "./cases.ts";
import type { Row, Spread } from "./rows.ts";

const titles = [
  "case",
  "connections",
  "implementation",
  "a second (least to most)",
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

/** The rows as Markdown, which is also what the screen shows. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [titles, ...rows.map(cells)];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const text = lines.map(
    (line) => `| ${line.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width, column) => (column < 3 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
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
    row.shed > 0 ? `${((100 * row.shed) / (row.shed + row.right)).toFixed(1)} %` : "",
    row.cores.median.toFixed(2),
    row.loadCores.median.toFixed(2),
    Object.entries(row.ratios).map(ratioText).join(", "),
  ];
}

const ratioText = ([name, { median }]: [string, Spread]) => `${median.toFixed(2)} × ${name}`;

const pad = (cell: string, width: number, column: number) => (column < 3 ? cell.padEnd(width) : cell.padStart(width));

/** Three figures that count. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value >= 100) return Math.round(value).toLocaleString("en-GB");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
