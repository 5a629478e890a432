import type { Readable } from "node:stream";
import { styleText } from "node:util";
import { Parser, type Result } from "tap-parser";

export type Outcome = { passed: number; failed: number; skipped: number };

/** Prints one line a test as it ends, with what went wrong below it, and counts the tests. */
export function report(tapStream: Readable, watch?: (file: Parser) => void): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
  const parser = new Parser();
  parser.on("child", (file) => {
    watch?.(file);
    onFile(file, outcome);
  });
  return new Promise((resolve) => {
    parser.on("complete", () => resolve(outcome));
    tapStream.pipe(parser);
  });
}

/** A file's own results are its tests; what is below them are the steps of one test. */
function onFile(file: Parser, outcome: Outcome): void {
  let tests = 0;
  process.stdout.write(`  ${file.name}\n`);
  file.on("child", (test) => collect(test, test.name));
  file.on("assert", (result) => {
    tests += 1;
    count(result, outcome);
  });
  file.on("complete", ({ ok, bailout }) => {
    if (ok || (tests > 0 && outcome.failed > 0)) return;
    outcome.failed += 1;
    process.stdout.write(`    ${styleText("red", "✗")} ${file.name} ended badly${bailout ? `: ${bailout}` : ""}\n`);
  });
}

/** Failed steps are shown at once, with the path of tests they stand in. */
function collect(test: Parser, path: string): void {
  test.on("child", (inner) => collect(inner, `${path} › ${inner.name}`));
  test.on("assert", (result) => {
    if (!result.ok && !result.todo && !result.skip) detail(`${path} › ${result.name}`, result);
  });
}

function count(result: Result, outcome: Outcome): void {
  const seconds = typeof result.time === "number" ? ` (${(result.time / 1000).toFixed(1)} s)` : "";
  if (result.skip || result.todo) {
    outcome.skipped += 1;
    process.stdout.write(`    - ${result.name}: skipped\n`);
    return;
  }
  outcome[result.ok ? "passed" : "failed"] += 1;
  const mark = result.ok ? styleText("green", "✓") : styleText("red", "✗");
  process.stdout.write(`    ${mark} ${result.name}${seconds}\n`);
}

function detail(name: string, { diag }: Result): void {
  const { diff, at, stack: _, source: __, ...rest } = (diag ?? {}) as Record<string, unknown>;
  const place = at as { fileName?: string; lineNumber?: number } | undefined;
  process.stdout.write(`      ${styleText("red", name)} ${place ? `${place.fileName}:${place.lineNumber}` : ""}\n`);
  if (typeof diff === "string") process.stdout.write(`${diff.trimEnd().replace(/^/gm, "        ")}\n`);
  if (Object.keys(rest).length > 0)
    process.stdout.write(`${JSON.stringify(rest, null, 2).replace(/^/gm, "        ")}\n`);
}
