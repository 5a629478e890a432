import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../..");

/** The text of a file in the checkout; undefined if it does not exist. */
export const readText = (file: string): string | undefined =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;

export type Load = <T>(file: string) => Promise<T>;

/** Imports a module of the checkout. Throws an error of one line if it cannot be loaded. */
export const load: Load = async <T>(file: string): Promise<T> => {
  try {
    return (await import(join(root, file))) as T;
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    throw new Error(`${file} cannot be loaded: ${line?.replaceAll(`${root}/`, "")}`);
  }
};
