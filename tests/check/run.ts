import { checks } from "./checks.ts";

/** All checks that do not run the system: format, lint, boundaries, types, contracts. */
const started = performance.now();
const results = await Promise.all(
  checks.map(async ({ name, run, hint }) => {
    const began = performance.now();
    const problem = await run().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stdout.write(`${problem ? "✗" : "✓"} ${name} (${seconds} s)\n`);
    if (problem) process.stdout.write(`${problem.trimEnd()}\n  → ${hint}\n`);
    return !problem;
  }),
);
const failed = results.filter((passed) => !passed).length;
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`check: ${results.length - failed} passed, ${failed} failed in ${seconds} s\n`);
process.exitCode = failed > 0 ? 1 : 0;
