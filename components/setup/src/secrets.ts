import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "./problem.ts";

/** Reads one key of one secret; `undefined` when the secret does not have it. */
export type SecretReader = (name: string, key: string) => Promise<string | undefined>;

/** Secrets from a JSON file (name → key → value) or a folder as Kubernetes mounts them (`<folder>/<name>/<key>`). */
export async function openSecrets(path: string): Promise<SecretReader> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Problem("setup", `there are no secrets at ${path}`, "give --secrets a file or a folder");
  return found.isDirectory() ? folderReader(path) : fileReader(path);
}

async function fileReader(path: string): Promise<SecretReader> {
  const text = await readFile(path, "utf8");
  let secrets: Record<string, Record<string, string>>;
  try {
    secrets = JSON.parse(text);
  } catch {
    throw new Problem("setup", `${path} is not JSON`, "write it as {name: {key: value}}");
  }
  return async (name, key) => secrets[name]?.[key];
}

function folderReader(folder: string): SecretReader {
  return (name, key) => readFile(join(folder, name, key), "utf8").catch(() => undefined);
}
