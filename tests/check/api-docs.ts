import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type ErrorKind } from "@sidecart/platform/rpc";
import { root } from "./tool.ts";

/** A refusal among many has no status of its own: the gateway gives it one. */
type Declared = Omit<ErrorKind, "status"> & Partial<Pick<ErrorKind, "status">>;
const isDeclared = (value: unknown): value is Declared =>
  typeof value === "object" && value !== null && "code" in value && "text" in value;

/** Whether docs/api.md has a row for every error code that is declared, and for no other. */
export async function apiDocsProblems(): Promise<string | undefined> {
  const problems = undocumented(await declared(), await readFile(join(root, "docs/api.md"), "utf8"));
  return problems.length > 0 ? problems.join("\n") : undefined;
}

async function declared(): Promise<Declared[]> {
  const kinds: Declared[] = [];
  for await (const file of glob("{platform,gateway,services/*}/src/**/errors.ts", { cwd: root })) {
    const tables = Object.values((await import(join(root, file))) as Record<string, unknown>);
    kinds.push(...tables.flatMap((table) => Object.values(table ?? {})).filter(isDeclared));
  }
  return kinds;
}

/** How the rows of the documentation differ from the codes: one line for each. */
export function undocumented(kinds: readonly Declared[], documentation: string): string[] {
  const rows = new Map(
    [...documentation.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(([, code = "", status = ""]) => [code, status]),
  );
  const codes = new Set(kinds.map(({ code }) => code));
  const needless = [...rows.keys()].filter((code) => !codes.has(code));
  const wrong = kinds.flatMap(({ code, status, text }) => {
    const row = rows.get(code);
    if (!row) return [`docs/api.md: ${code} has no row`];
    const wanted = status ? String(new AppError({ code, status, text }).httpStatus) : row;
    return row === wanted ? [] : [`docs/api.md: ${code} has status ${row}, not ${wanted}`];
  });
  return [...new Set(wrong), ...needless.map((code) => `docs/api.md: no errors.ts declares ${code}`)];
}
