import { delimiter } from "node:path";
import which from "which";

type Folders = { before?: readonly string[]; after?: readonly string[] };

/**
 * The full path of a program in PATH, or in folders before or after PATH; undefined if there is none. Accepts a path
 * too.
 */
export function findProgram(name: string, { before = [], after = [] }: Folders = {}): string | undefined {
  const path = [...before, process.env.PATH ?? "", ...after].join(delimiter);
  return which.sync(name, { path, nothrow: true }) ?? undefined;
}
