import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText, root } from "@sidecart/generate/checkout";
import { differences, type Files, filesOf } from "@sidecart/generate/files";
import type { Output } from "@sidecart/generate/output";
import { problemsOf } from "@sidecart/generate/problems";
import { readProject } from "@sidecart/generate/project";
import { tool } from "./tool.ts";

/** The errors of the services' declarations, or the files that differ from them: one line each. */
export async function declarationProblems(): Promise<string | undefined> {
  const project = await readProject();
  const problems = problemsOf(project);
  return inLines(problems.length > 0 ? problems : differences(await filesOf(project), readText));
}

/** Whether proto/gen is current. */
export async function contractProblems(): Promise<string | undefined> {
  return inLines(differences(await contractFiles(), readText));
}

const inLines = (problems: string[]) => (problems.length > 0 ? problems.join("\n") : undefined);

/** The files of proto/gen that buf generates now. */
export async function contractFiles(): Promise<Files> {
  const out = await mkdtemp(join(tmpdir(), "sidecart-gen-"));
  try {
    const failed = await tool("buf", ["generate", "--output", out], join(root, "proto"));
    if (failed) throw new Error(failed);
    const wanted = new Map<string, Output[]>();
    for (const file of await filesIn(out)) {
      const lines = (await readFile(join(out, file), "utf8")).replace(/\n$/, "").split("\n");
      wanted.set(`proto/${file}`, [{ file: `proto/${file}`, lines }]);
    }
    const there = await filesIn(join(root, "proto"));
    return { wanted, leftOver: there.map((file) => `proto/${file}`).filter((file) => !wanted.has(file)) };
  } finally {
    await rm(out, { recursive: true });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob("gen/**/*.ts", { cwd: folder })) files.push(file);
  return files.sort();
}
