import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../check/tool.ts";
import type { coldStarts } from "./cold-start.ts";
import type { Options } from "./options.ts";
import { pictureOf } from "./picture.ts";
import type { Run } from "./rounds.ts";
import type { Row } from "./rows.ts";
import { atRestTableOf, coldTableOf, footprintOf, overloadTableOf, tableOf } from "./table.ts";

export type Findings = Run & {
  rows: Row[];
  cold: Awaited<ReturnType<typeof coldStarts>> | undefined;
  problems: string[];
};

/** Writes the results of a run, with the machine and the command. Returns the names of the files. */
export async function writeEvidence(findings: Findings, options: Options, args: readonly string[]): Promise<string[]> {
  const date = new Date().toISOString().slice(0, 10);
  const head = { date, command: ["npm run bench --", ...args].join(" "), commit: commit(), machine: machineFacts() };
  const files = {
    json: JSON.stringify({ ...head, options, ...findings }, null, 1),
    md: documentOf(findings, options, head),
    svg: pictureOf(findings.rows),
  };
  const names = Object.entries(files).map(([kind, text]) => [`docs/evidence/bench-${date}.${kind}`, text] as const);
  for (const [name, text] of names) await writeFile(join(root, name), `${text.trimEnd()}\n`);
  return names.map(([name]) => name);
}

const commit = () => execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();

const machineFacts = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? "",
  memoryGib: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  node: process.versions.node,
});

type Head = { date: string; command: string; commit: string; machine: ReturnType<typeof machineFacts> };

function documentOf(findings: Findings, { products, orders, rounds, seconds }: Options, head: Head): string {
  const { samples, rows, cold, problems, versions } = findings;
  const { cores, cpu, memoryGib, node } = head.machine;
  const software = Object.entries({ "Node.js": node, ...versions }).map(([name, version]) => `${name} ${version}`);
  return [
    `# Bench, ${head.date}`,
    `\`${head.command}\` at ${head.commit}, on ${cores} cores (${cpu}) and ${memoryGib} GiB with ${software.join(", ")}: ${products} ` +
      `products, ${orders} orders, ${rounds} rounds of ${seconds} s. The system and the load generator share these cores. How to read it: ` +
      "[tests/bench](../../tests/bench/README.md).",
    `![throughput](bench-${head.date}.svg)`,
    tableOf(rows),
    ...(overloadTableOf(rows) ? ["## Overload", overloadTableOf(rows)] : []),
    "## Problems",
    problems.length > 0 ? problems.map((text) => `- ${text}`).join("\n") : "None.",
    ...(cold
      ? ["## Start-up, and resource use without load", coldTableOf(cold.starts), atRestTableOf(cold.atRest)]
      : []),
    ...(samples.length > 0 ? ["## CPU seconds and memory", footprintOf(samples)] : []),
  ].join("\n\n");
}
