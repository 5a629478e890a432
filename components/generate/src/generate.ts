import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readText, root } from "./checkout.ts";
import { differences, type Files, filesForCode, filesOf } from "./files.ts";
import { rendered } from "./output.ts";
import { problemsOf } from "./problems.ts";
import { readProject } from "./project.ts";

// npm run generate: writes the files that follow from services/*/service.ts (README.md).

/** Writes the files that differ and prints their names. A file without its marker stays unchanged. */
async function write({ wanted, leftOver }: Files): Promise<void> {
  for (const [file, outputs] of wanted) {
    const current = readText(file);
    const result = rendered(outputs, current ?? "");
    if ("missing" in result || result.text === current) continue;
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), result.text);
    process.stdout.write(`wrote ${file}\n`);
  }
  for (const file of leftOver) {
    await rm(join(root, file));
    process.stdout.write(`deleted ${file}\n`);
  }
}

async function main(): Promise<string[]> {
  await write(filesForCode(await readProject({ without: "code" })));
  const project = await readProject();
  const problems = problemsOf(project);
  if (problems.length > 0) return problems;
  const files = await filesOf(project);
  await write(files);
  return differences({ ...files, leftOver: [] }, readText);
}

const failed = await main().catch((error: Error) => [error.message]);
for (const line of failed) process.stderr.write(`✗ ${line}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
