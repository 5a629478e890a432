import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The full path of a program on PATH, or in one of `folders` after it; undefined when there is none. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const searched = [...(process.env.PATH ?? "").split(delimiter).filter(Boolean), ...folders];
  return searched.map((folder) => join(folder, name)).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
