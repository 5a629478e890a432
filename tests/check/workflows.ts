import { randomUUID } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse, parseDocument } from "yaml";
import { root } from "./tool.ts";

type Job = { uses?: string; "timeout-minutes"?: number; steps?: { uses?: string }[] };
type Workflow = { permissions?: unknown; concurrency?: unknown; jobs?: Record<string, Job> };

/** The problems of the workflows and other YAML files in `.github`; undefined if there are none. */
export async function workflowProblems(): Promise<string | undefined> {
  const problems: string[] = [];
  for await (const file of glob(".github/**/*.yml", { cwd: root })) {
    const text = await readFile(join(root, file), "utf8");
    const found = file.startsWith(".github/workflows/") ? await problemsOf(text) : syntaxErrors(text);
    problems.push(...found.map((problem) => `${file}: ${problem}`));
  }
  return problems.length === 0 ? undefined : problems.join("\n");
}

/** The problems that GitHub's language service and our rules find in a workflow. */
export async function problemsOf(text: string): Promise<string[]> {
  const errors = syntaxErrors(text);
  return errors.length > 0 ? errors : [...(await diagnostics(text)), ...rulesBroken(text)];
}

function syntaxErrors(text: string): string[] {
  return parseDocument(text).errors.map(({ message }) => message);
}

async function diagnostics(text: string): Promise<string[]> {
  const { validate } = await languageService();
  // The language service caches parsed files by URL.
  const url = `file:///.github/workflows/${randomUUID()}.yml`;
  const found = await validate(TextDocument.create(url, "yaml", 1, text));
  return found.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
}

// The package imports JSON without an import attribute, which bundlers accept and Node does not.
async function languageService() {
  const hook = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const json = found.url.endsWith(".json");
      return json ? { ...found, importAttributes: { ...found.importAttributes, type: "json" } } : found;
    },
  });
  try {
    return await import("@actions/languageservice");
  } finally {
    hook.deregister();
  }
}

const pinned = /^\s*(?:- )?uses: (?:\.\/\S+|\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;

function rulesBroken(text: string): string[] {
  const { permissions, concurrency, jobs = {} } = parse(text) as Workflow;
  const unpinned = text.split("\n").filter((line) => /^\s*(?:- )?uses:/.test(line) && !pinned.test(line));
  const endless = Object.entries(jobs).filter(([, job]) => !job.uses && job["timeout-minutes"] === undefined);
  return [
    ...(permissions === undefined ? ["no permissions: say what its token may at most"] : []),
    ...(concurrency === undefined ? ["no concurrency"] : []),
    ...unpinned.map((line) => `${line.trim()}: pin the full commit, with its version as a comment`),
    ...endless.map(([name]) => `job ${name}: no timeout-minutes`),
  ];
}
