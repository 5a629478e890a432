import { caseOf } from "./cases.ts";
import type { Row } from "./rows.ts";
import { figure } from "./table.ts";

const width = 760;
const left = 300;
const bar = 14;
const gap = 8;
const colours = ["#2f6f9f", "#b9c2c9", "#d98b4a", "#7a9f5a"];

/** A bar chart of the throughput, with one group per case. Each group has its own scale. */
export function pictureOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ implementation }) => implementation))];
  const colourOf = (name: string) => colours[names.indexOf(name) % colours.length] ?? "";
  const parts: string[] = names.map((name, place) => legend(name, colourOf(name), place));
  let y = 40;
  for (const group of Map.groupBy(rows, ({ caseName }) => caseName).values()) {
    const most = Math.max(...group.map(({ perSecond }) => perSecond.most));
    const [{ caseName }] = group as [Row];
    parts.push(text(8, y + bar - 3, caseOf(caseName).title, "font-weight='bold'"));
    for (const row of group) {
      const length = (value: number) => Math.round(((width - left - 90) * value) / (most || 1));
      const { median, least, most: fastest } = row.perSecond;
      const middle = y + bar / 2;
      parts.push(
        text(left - 8, y + bar - 3, `${row.connections} connections`, "text-anchor='end'"),
        `<rect x='${left}' y='${y}' width='${length(median)}' height='${bar - 2}' fill='${colourOf(row.implementation)}'/>`,
        `<path d='M${left + length(least)} ${middle - 1}H${left + length(fastest)}' stroke='#222' stroke-width='1'/>`,
        text(left + length(fastest) + 6, y + bar - 3, `${figure(median)}/s`),
      );
      y += bar;
    }
    y += gap;
  }
  const style = "font: 11px sans-serif; background: white";
  return [
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${width} ${y}' style='${style}'>`,
    "<title>Throughput of each case, by implementation and connections</title>",
    ...parts,
    "</svg>",
  ].join("\n");
}

const legend = (name: string, colour: string, place: number) =>
  `<rect x='${8 + place * 200}' y='10' width='12' height='12' fill='${colour}'/>${text(26 + place * 200, 20, name)}`;

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const text = (x: number, y: number, words: string, more = "") =>
  `<text x='${x}' y='${y}' ${more}>${words.replace(/[&<>]/g, (character) => escapes[character] ?? "")}</text>`;
