import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../check/tool.ts";

/** The shell commands of docs/operations.md: the one block that contains this text. */
export async function documented(text: string): Promise<string> {
  const page = await readFile(join(root, "docs/operations.md"), "utf8");
  const blocks = [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = ""]) => block);
  const found = blocks.filter((block) => block.includes(text));
  if (found.length !== 1) throw new Error(`docs/operations.md has ${found.length} blocks with ${text}, expected one`);
  return found[0] ?? "";
}

/** Replaces the example values of documented commands. Throws when the commands lack one of them. */
export function adapt(commands: string, values: Record<string, string>): string {
  return Object.entries(values).reduce((text, [example, value]) => {
    if (!text.includes(example)) throw new Error(`docs/operations.md no longer has the example ${example}`);
    return text.replaceAll(example, value);
  }, commands);
}
