import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { root } from "../check/tool.ts";
import { orRefuse } from "../command-line.ts";
import { type Need, needsOf } from "../needs.ts";
import { prepare } from "../prepare.ts";
import { tap } from "../tap.ts";
import { documentOf } from "./document.ts";
import { type Choice, choicesOf, folders, startOf } from "./matrix.ts";
import { collect, type Figures, keep, kept, type Proof, type Result } from "./results.ts";

const walkThrough = "tests/e2e/walk-through.test.ts";
const document = "docs/portability.md";
const timeoutSeconds = 60 * 60;

const args = process.argv.slice(2);
const chosen = orRefuse(() => choicesOf(args));
say("what it runs on");
await prepare(new Set(chosen.flatMap(needsOfChoice)), (line) => process.stdout.write(`  ${line}\n`));
let failed = 0;
for (const [place, choice] of chosen.entries()) {
  say(`${place + 1} of ${chosen.length}: ${choice.kind} ${choice.name}`);
  const began = performance.now();
  const result = await prove(choice);
  keep(result);
  const wrong = result.proofs.filter(({ ok }) => !ok).length + (result.walkThrough === false ? 1 : 0);
  failed += wrong;
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  process.stdout.write(`  ${wrong === 0 ? "all of it holds" : `${wrong} do not hold`} (${minutes} min)\n`);
}
const known = choicesOf([]).map((choice) => kept(choice) ?? choice);
writeFileSync(join(root, document), await documentOf(known));
process.stdout.write(
  `\n${document} is written: ${failed === 0 ? "everything that ran holds" : `${failed} do not hold`}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs the README's steps on a choice, and the suite of its kind. */
async function prove(choice: Choice): Promise<Result> {
  const start = startOf(choice);
  const walked = start && (await tap([walkThrough], { jobs: 1, timeoutSeconds, env: start.env }));
  const proofs: Proof[] = [];
  const figures: Figures = {};
  const file = suiteOf(choice);
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing: every choice has its tests`);
  const env = { SIDECART_PORTABILITY: "long" };
  const outcome = await tap([file], { jobs: 1, timeoutSeconds, env, watch: (one) => collect(one, proofs, figures) });
  if (outcome.failed > 0 && proofs.every(({ ok }) => ok)) proofs.push({ name: "the test file ends well", ok: false });
  const at = new Date().toISOString();
  return { ...choice, at, walkThrough: walked && walked.failed === 0 && walked.passed > 0, proofs, figures };
}

function suiteOf({ kind, name }: Choice): string {
  return `tests/portability/${folders[kind] ?? kind}/${name}.test.ts`;
}

function needsOfChoice(choice: Choice): Need[] {
  return [...needsOf(suiteOf(choice)), ...needsOf(walkThrough, startOf(choice)?.env)];
}

function say(heading: string): void {
  process.stdout.write(`\n${styleText("bold", heading)}\n`);
}
