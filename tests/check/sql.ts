import { glob, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { readStatements } from "@sidecart/platform/database";
import { hasSqlDetails, parse } from "libpg-query";
import { root } from "./tool.ts";

const files = "{platform,services/*,components/generate/template/services/*,tests}/**/*.sql";

/** Syntax errors in statements and migrations, and fragments that no statement uses; undefined if there are none. */
export async function sqlProblems(): Promise<string | undefined> {
  const found: string[] = [];
  for await (const file of glob(files, { cwd: root, exclude: (name) => name === "node_modules" })) found.push(file);
  const problems = await problemsOf(root, found.sort());
  return problems.length > 0 ? problems.join("\n") : undefined;
}

/** The problems of these files of a folder, one line each. PostgreSQL's own parser reads them. */
export async function problemsOf(folder: string, sqlFiles: readonly string[]): Promise<string[]> {
  const used = new Set<string>();
  const declared: { file: string; fragment: string }[] = [];
  const problems: string[] = [];
  for (const file of sqlFiles) {
    const path = join(folder, file);
    if (file.includes("/migrations/")) {
      problems.push(...(await syntaxProblems(file, await readFile(path, "utf8"))));
      continue;
    }
    try {
      const read = readStatements(path);
      for (const { name, text } of read.statements) problems.push(...(await syntaxProblems(`${file}: ${name}`, text)));
      for (const fragment of read.used) used.add(fragment);
      declared.push(...read.fragments.map((fragment) => ({ file, fragment })));
    } catch (error) {
      const message = (error as Error).message.replace(`${basename(file)}: `, "");
      problems.push(`${file}: ${message}`);
    }
  }
  const unused = declared.filter(({ fragment }) => !used.has(fragment));
  return [...problems, ...unused.map(({ file, fragment }) => `${file}: no statement uses the fragment ${fragment}`)];
}

/** How many characters the message shows before and after the error. */
const around = 40;

async function syntaxProblems(where: string, sql: string): Promise<string[]> {
  try {
    await parse(sql);
    return [];
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const at = error.sqlDetails?.cursorPosition ?? 0;
    const near = sql.slice(Math.max(0, at - around), at + around).replace(/\s+/g, " ");
    return [`${where}: ${error.message}: …${near}…`];
  }
}
