import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Parser } from "tap-parser";
import { root, tool } from "./check/tool.ts";
import { type Outcome, report } from "./report.ts";

type Options = {
  /** How many files at once. */
  jobs: number;
  /** How long a file may take. */
  timeoutSeconds: number;
  /** Over the environment of this process. */
  env?: Record<string, string> | undefined;
  /** Is given the results of each file as they come. */
  watch?: ((file: Parser) => void) | undefined;
};

/** tap takes our choice of plugins (.taprc) only when it is built with it, once after an installation. */
export async function buildTap(): Promise<void> {
  const failed = await tool("tap", ["build"]);
  if (failed) throw new Error(`tap build: ${failed}`);
}

/** Runs test files with tap and prints what becomes of them. */
export async function tap(files: string[], options: Options): Promise<Outcome> {
  const { jobs, timeoutSeconds, env, watch } = options;
  const args = ["run", "--reporter=tap", `--jobs=${jobs}`, `--timeout=${timeoutSeconds}`, ...files];
  const child = spawn(join(root, "node_modules/.bin/tap"), args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const outcome = await report(child.stdout, watch);
  const code = await ended;
  if (code === 0 || outcome.failed > 0) return outcome;
  process.stdout.write(`  tap ended with exit code ${code}\n`);
  return { ...outcome, failed: 1 };
}
