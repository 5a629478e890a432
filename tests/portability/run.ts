import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { root } from "../check/tool.ts";
import { orRefuse } from "../command-line.ts";
import { prepare } from "../prepare.ts";
import { tap } from "../tap.ts";
import { documentOf } from "./document.ts";
import { type Choice, choicesOf, folders, startOf } from "./matrix.ts";
import { collect, type Figures, type Proof, type Result, savedResult, saveResult } from "./results.ts";

const walkThrough = "tests/e2e/walk-through.test.ts";
const document = "docs/portability.md";
const timeoutSeconds = 60 * 60;

const args = process.argv.slice(2);
const chosen = orRefuse(() => choicesOf(args));
say("preparing");
await prepare((line) => process.stdout.write(`  ${line}\n`));
let failed = 0;
for (const [place, choice] of chosen.entries()) {
  say(`${place + 1} of ${chosen.length}: ${choice.kind} ${choice.name}`);
  const began = performance.now();
  const result = await testBackend(choice);
  saveResult(result);
  const failures = result.proofs.filter(({ ok }) => !ok).length + (result.walkThrough === false ? 1 : 0);
  failed += failures;
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  process.stdout.write(`  ${failures === 0 ? "all tests passed" : `${failures} failed`} (${minutes} min)\n`);
}
const known = choicesOf([]).map((choice) => savedResult(choice) ?? choice);
writeFileSync(join(root, document), await documentOf(known));
process.stdout.write(`\n${document} is written: ${failed === 0 ? "all tests passed" : `${failed} failed`}\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs the README's walk-through and the suite of its kind on one backend. */
async function testBackend(choice: Choice): Promise<Result> {
  const start = startOf(choice);
  const walked = start && (await tap([walkThrough], { jobs: 1, timeoutSeconds, env: start.env }));
  const proofs: Proof[] = [];
  const figures: Figures = {};
  const file = `tests/portability/${folders[choice.kind] ?? choice.kind}/${choice.name}.test.ts`;
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing: every backend needs a test file`);
  const env = { SIDECART_PORTABILITY: "long" };
  const outcome = await tap([file], { jobs: 1, timeoutSeconds, env, watch: (one) => collect(one, proofs, figures) });
  if (outcome.failed > 0 && proofs.every(({ ok }) => ok)) proofs.push({ name: "the test file succeeds", ok: false });
  const at = new Date().toISOString();
  return { ...choice, at, walkThrough: walked && walked.failed === 0 && walked.passed > 0, proofs, figures };
}

function say(heading: string): void {
  process.stdout.write(`\n${styleText("bold", heading)}\n`);
}
