import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../check/tool.ts";
import type { ColdStart } from "./cold-start.ts";
import type { Sample } from "./measure.ts";
import type { Options } from "./options.ts";
import { pictureOf } from "./picture.ts";
import type { Row } from "./rows.ts";
import { coldTableOf, footprintOf, tableOf } from "./table.ts";

export type Findings = { samples: Sample[]; rows: Row[]; coldStarts: ColdStart[]; problems: string[] };

/** Keeps what a run found, beside the machine and the words it was run with. Answers the files' names. */
export async function writeEvidence(findings: Findings, options: Options, args: readonly string[]): Promise<string[]> {
  const date = new Date().toISOString().slice(0, 10);
  const machine = machineFacts();
  const files = {
    json: JSON.stringify({ date, command: commandOf(args), machine, options, ...findings }, null, 1),
    md: documentOf(findings, options, args, date),
    svg: pictureOf(findings.rows),
  };
  const names = Object.entries(files).map(([kind, text]) => [`docs/evidence/bench-${date}.${kind}`, text] as const);
  for (const [name, text] of names) await writeFile(join(root, name), `${text.trimEnd()}\n`);
  return names.map(([name]) => name);
}

const commandOf = (args: readonly string[]) => ["npm run bench --", ...args].join(" ");

const machineFacts = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? "",
  memoryGib: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  node: process.versions.node,
});

function documentOf(
  { rows, samples, coldStarts, problems }: Findings,
  options: Options,
  args: readonly string[],
  date: string,
) {
  const { cores, cpu, memoryGib, node } = machineFacts();
  const found = problems.length > 0 ? problems.map((text) => `- ${text}`).join("\n") : "Nothing was wrong.";
  return [
    `# Bench, ${date}`,
    `\`${commandOf(args)}\` on ${cores} cores (${cpu}), ${memoryGib} GiB, Node.js ${node}: ${options.products} products, ` +
      `${options.orders} orders, ${options.rounds} rounds of ${options.seconds} s. Everything shares those cores, the load as well. ` +
      `How to read it: [tests/bench](../../tests/bench/README.md).`,
    `![throughput](bench-${date}.svg)`,
    tableOf(rows),
    "## What was wrong",
    found,
    ...(coldStarts.length > 0 ? ["## Start", coldTableOf(coldStarts)] : []),
    "## CPU seconds and memory",
    footprintOf(samples),
  ].join("\n\n");
}
