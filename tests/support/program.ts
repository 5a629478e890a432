import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../check/tool.ts";

/** Runs a program of the checkout to the end. `onOutput` gets the whole output so far. */
export function program(
  file: string,
  args: string[],
  env: Record<string, string>,
  onOutput: (output: string) => void = () => {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, file), ...args], { env: { PATH: process.env.PATH ?? "", ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      output += part;
      onOutput(output);
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}
