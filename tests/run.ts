import { spawn } from "node:child_process";
import { glob } from "node:fs/promises";
import { parseArgs, styleText } from "node:util";
import { root } from "./check/tool.ts";
import { orRefuse } from "./command-line.ts";
import { type Need, needsOf } from "./needs.ts";
import { prepare } from "./prepare.ts";
import type { Outcome } from "./report.ts";
import { help } from "./run.help.mjs";
import { tap } from "./tap.ts";

type Stage = {
  name: string;
  files: string[];
  /** How many files at once. What starts a whole system runs alone, so that two of them do not slow each other down. */
  jobs: number;
  env?: Record<string, string>;
  /** How long a file may take, if not as long as others. */
  timeoutSeconds?: number;
  /** Files that run only when they are asked for by a word. */
  asked?: string[];
};

/** Fast first. */
const stages: Stage[] = [
  { name: "contracts", files: ["tests/check/*.test.ts", "release/*.test.ts"], jobs: 2 },
  { name: "units", files: ["{ops,platform,services/*,gateway,charts/jobs}/src/**/*.test.ts"], jobs: 2 },
  { name: "chart", files: ["tests/chart/*.test.ts"], jobs: 2 },
  { name: "components", files: ["components/*/{src,test}/**/*.test.ts"], jobs: 1 },
  { name: "images", files: ["images/*.test.ts"], jobs: 1, timeoutSeconds: 600 },
  { name: "Tilt and kind", files: ["tests/tilt/*.test.ts"], jobs: 1 },
  { name: "launcher", files: ["local/**/*.test.ts"], jobs: 1 },
  { name: "end to end", files: ["tests/e2e/*.test.ts"], jobs: 1 },
  {
    name: "end to end, on RabbitMQ",
    files: ["tests/e2e/walk-through.test.ts"],
    jobs: 1,
    env: { SIDECART_TEST_BROKER: "rabbitmq" },
  },
  { name: "a new service", files: ["tests/scaffold/*.test.ts"], jobs: 1, timeoutSeconds: 900 },
  { name: "bench", files: ["tests/bench/*.test.ts"], jobs: 1 },
  { name: "faults", files: ["tests/faults/*.test.ts"], jobs: 1 },
  // All of it, and in its long form, is `npm run portability`.
  { name: "portability", files: ["tests/portability/**/*.test.ts"], jobs: 1, asked: ["kafka", "jetstream"] },
];
const timeoutSeconds = 300;

const { positionals, values } = orRefuse(() =>
  parseArgs({ allowPositionals: true, options: { help: { type: "boolean" } } }),
);
if (values.help) {
  process.stdout.write(help());
  process.exit(0);
}
const total: Outcome = { passed: 0, failed: 0, skipped: 0 };

if (positionals.length === 0) {
  heading("check");
  const failed = await run("node", ["tests/check/run.ts"], "inherit");
  total[failed ? "failed" : "passed"] += 1;
}
const chosen = await Promise.all(stages.map(async (stage) => ({ stage, files: await matching(stage) })));
heading("what the tests run on");
await prepare(needsOfAll(), (line) => process.stdout.write(`  ${line}\n`));
for (const { stage, files } of chosen) {
  if (files.length === 0) continue;
  heading(stage.name);
  add(await tap(files, { timeoutSeconds, ...stage }));
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function needsOfAll(): Set<Need> {
  const needs = chosen.flatMap(({ stage, files }) =>
    files.flatMap((file) => [...needsOf(file, { ...process.env, ...stage.env })]),
  );
  return new Set(needs);
}

/** The stage's test files; with words on the command line, those whose path holds one of them. */
async function matching({ files: patterns, asked = [] }: Stage): Promise<string[]> {
  const files: string[] = [];
  const exclude = (name: string) => name.includes("node_modules");
  for await (const file of glob(patterns, { cwd: root, exclude })) files.push(file);
  const holds = (file: string, words: string[]) => words.some((word) => file.includes(word));
  const wanted = (file: string) => (positionals.length === 0 ? !holds(file, asked) : holds(file, positionals));
  return files.filter((file) => !file.includes("node_modules") && wanted(file)).sort();
}

function run(command: string, args: string[], stdio: "inherit"): Promise<boolean> {
  return new Promise((resolve) =>
    spawn(command, args, { cwd: root, stdio }).on("close", (code) => resolve(code !== 0)),
  );
}

function add(outcome: Outcome): void {
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
}

function heading(name: string): void {
  process.stdout.write(`\n${styleText("bold", name)}\n`);
}
