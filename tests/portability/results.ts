import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "@sidecart/local/instance";
import type { Parser } from "tap-parser";
import type { Choice } from "./matrix.ts";

/** A test without subtests. `instead`: what the choice does instead of what the test's name says. */
export type Proof = { name: string; ok: boolean; instead?: string };
export type Figures = Record<string, number | string>;
/** The results of a choice's suite. */
export type Result = Choice & { at: string; walkThrough: boolean | undefined; proofs: Proof[]; figures: Figures };

const folder = join(checkout, ".sidecart/portability");
const fileOf = ({ kind, name }: Choice) => join(folder, `${kind}-${name}.json`);

export function keep(result: Result): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(result), `${JSON.stringify(result, null, 2)}\n`);
}

/** The results of a choice's last run. */
export function kept(choice: Choice): Result | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(choice), "utf8"));
  } catch {
    return undefined;
  }
}

/** Fills `proofs` and `figures` from a test file's results, where notes.ts writes them. */
export function collect(parser: Parser, proofs: Proof[], figures: Figures): void {
  let inner = 0;
  let instead: string | undefined;
  parser.on("child", (child) => {
    inner += 1;
    collect(child, proofs, figures);
  });
  parser.on("comment", (text) => {
    const [, kind, rest = ""] = /^# (instead|measured): (.*)/.exec(text.trim()) ?? [];
    if (kind === "instead") instead = rest;
    if (kind === "measured") Object.assign(figures, JSON.parse(rest));
  });
  parser.on("complete", ({ ok }) => {
    if (inner === 0) proofs.push({ name: parser.name, ok, ...(instead !== undefined && { instead }) });
  });
}
