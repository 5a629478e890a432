import { parseArgs, styleText } from "node:util";
import { findDapr } from "@sidecart/local/parts/dapr";
import { orRefuse } from "../command-line.ts";
import { keepEvidence } from "./evidence.ts";
import { type Part, runPart } from "./part.ts";
import { parts } from "./parts.ts";
import { defaultSizes, help } from "./run.help.mjs";

const { values, positionals } = orRefuse(() =>
  parseArgs({
    allowPositionals: true,
    options: { sizes: { type: "string", default: defaultSizes }, help: { type: "boolean" } },
  }),
);
const say = (line: string) => void process.stdout.write(`${line}\n`);
if (values.help) {
  say(help().trimEnd());
  process.exit(0);
}
const chosen = orRefuse(() => named(positionals));
const sizes = values.sizes.split(",").map(Number);
await findDapr((line) => say(`  ${line}`));
for (const part of chosen) {
  say(`\n${styleText("bold", part.title)}`);
  const { lines, problems } = await runPart(part, { sizes, say: (line) => say(`  ${line}`) });
  say(lines.join("\n"));
  await keepEvidence(part.title, commandOf(part.name), lines);
  for (const problem of problems) say(styleText("red", `✗ ${problem}`));
  if (problems.length > 0) process.exitCode = 1;
}

function commandOf(part: string): string {
  return `npm run growth -- ${part}${values.sizes === defaultSizes ? "" : ` --sizes ${values.sizes}`}`;
}

function named(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown) throw new Error(`unknown part ${unknown}`);
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}
