import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readText, root } from "./checkout.ts";
import { differences, type Files, filesOf } from "./files.ts";
import { rendered } from "./output.ts";
import { problemsOf } from "./problems.ts";
import { readProject } from "./project.ts";

// npm run generate: writes all that follows from services/*/service.ts (see README.md)

/** Writes what differs, and answers those files. What lacks a marker is left as it is. */
async function write({ wanted, leftOver }: Files): Promise<string[]> {
  const changed: string[] = [];
  for (const [file, outputs] of wanted) {
    const current = readText(file);
    const result = rendered(outputs, current ?? "");
    if ("missing" in result || result.text === current) continue;
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), result.text);
    changed.push(file);
  }
  for (const file of leftOver) await rm(join(root, file));
  return [...changed, ...leftOver];
}

async function main(): Promise<string[]> {
  const project = await readProject();
  const problems = problemsOf(project);
  if (problems.length > 0) return problems;
  const files = await filesOf(project);
  const changed = await write(files);
  for (const file of changed) process.stdout.write(`${existsSync(join(root, file)) ? "wrote" : "deleted"} ${file}\n`);
  return differences({ ...files, leftOver: [] }, readText);
}

const failed = await main().catch((error: Error) => [error.message]);
for (const line of failed) process.stderr.write(`✗ ${line}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
