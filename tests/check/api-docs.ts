import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "@sidecart/generate/checkout";
import { type ErrorCode, httpStatusOf, readErrorCodes } from "@sidecart/generate/error-codes";
import { root } from "./tool.ts";

/** Whether docs/api.md has a row for every error code that is declared, and for no other. */
export async function apiDocsProblems(): Promise<string | undefined> {
  const problems = undocumented(await readErrorCodes(root, load), await readFile(join(root, "docs/api.md"), "utf8"));
  return problems.length > 0 ? problems.join("\n") : undefined;
}

/** How the rows of the documentation differ from the codes: one line for each. */
export function undocumented(kinds: readonly ErrorCode[], documentation: string): string[] {
  const rows = new Map(
    [...documentation.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|(.*)\|$/gm)].map(
      ([, code = "", status = "", description = ""]) => [code, { status, description: description.trim() }] as const,
    ),
  );
  const codes = new Set(kinds.map(({ code }) => code));
  const needless = [...rows.keys()].filter((code) => !codes.has(code));
  const wrong = kinds.flatMap((kind) => {
    const { code } = kind;
    const row = rows.get(code);
    if (!row) return [`docs/api.md: ${code} has no row`];
    const wanted = httpStatusOf(kind) || row.status;
    if (row.status !== wanted) return [`docs/api.md: ${code} has status ${row.status}, not ${wanted}`];
    return row.description ? [] : [`docs/api.md: ${code} has no description`];
  });
  return [...new Set(wrong), ...needless.map((code) => `docs/api.md: no errors.ts declares ${code}`)];
}
