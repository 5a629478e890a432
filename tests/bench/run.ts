import { styleText } from "node:util";
import { orRefuse } from "../command-line.ts";
import { caseOf } from "./cases.ts";
import { coldStarts } from "./cold-start.ts";
import { writeEvidence } from "./evidence.ts";
import type { Sample } from "./measure.ts";
import { parseOptions } from "./options.ts";
import { competitorsOf, runRounds } from "./rounds.ts";
import { rowsOf } from "./rows.ts";
import { help } from "./run.help.mjs";
import { atRestTableOf, coldTableOf, figure, overloadTableOf, tableOf } from "./table.ts";
import { problemsOf } from "./verdict.ts";

const options = orRefuse(() => parseOptions(process.argv.slice(2)));
const say = (text: string) => void process.stdout.write(`${text}\n`);
if (options.help) {
  say(help().trimEnd());
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const cold = options.coldStart ? await coldStarts() : undefined;
const competitors = options.only.length > 0 ? competitorsOf(options) : [];
const { samples, versions } = await runRounds(competitors, options, say, tell);
const rows = rowsOf(samples);
if (rows.length > 0) say(`\n${tableOf(rows)}`);
if (overloadTableOf(rows)) say(`\n${overloadTableOf(rows)}`);
if (cold) say(`\n${coldTableOf(cold.starts)}\n\n${atRestTableOf(cold.atRest)}`);
const problems = samples.flatMap(problemsOf);
for (const { text } of problems) say(styleText("red", `✗ ${text}`));
if (options.evidence) {
  const findings = { samples, versions, rows, cold, problems: problems.map(({ text }) => text) };
  const files = await writeEvidence(findings, options, process.argv.slice(2));
  say(`written: ${files.join(", ")}`);
}
if (problems.some(({ fails }) => fails)) process.exitCode = 1;

function tell(sample: Sample, round: number): void {
  const { implementation, caseName, connections, perSecond, p50, p99 } = sample;
  const { title } = caseOf(caseName);
  say(
    `round ${round}  ${implementation.padEnd(10)} ${title.padEnd(36)} ${String(connections).padStart(4)} connections ` +
      `${figure(perSecond).padStart(7)}/s  p50 ${figure(p50)}  p99 ${figure(p99)} ms`,
  );
  for (const { text } of problemsOf(sample)) say(styleText("red", `  ✗ ${text}`));
}
