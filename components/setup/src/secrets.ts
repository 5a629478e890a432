import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "./problem.ts";

/** Reads one key of a secret; returns `undefined` when it does not exist. */
export type SecretReader = (name: string, key: string) => Promise<string | undefined>;

/** Reads secrets from a JSON file (name → key → value) or a folder as Kubernetes mounts it (`<folder>/<name>/<key>`). */
export async function openSecrets(path: string): Promise<SecretReader> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Problem("setup", `${path} does not exist`, "set --secrets to a file or a folder");
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
