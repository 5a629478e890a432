import { delimiter } from "node:path";
import which from "which";

type Folders = { before?: readonly string[]; after?: readonly string[] };

/** The full path of a program on PATH, or in folders before or after it; undefined when there is none. A path is itself. */
export function findProgram(name: string, { before = [], after = [] }: Folders = {}): string | undefined {
  const path = [...before, process.env.PATH ?? "", ...after].join(delimiter);
  return which.sync(name, { path, nothrow: true }) ?? undefined;
}
