import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Runs a command to its end; a line of output at a time goes to `onLine`. The error is one line. */
export async function run(command: string, args: string[], onLine: (line: string) => void = () => {}): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let lastLine = "";
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on("line", (line) => {
      if (line.trim()) lastLine = line.trim();
      onLine(line);
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("error", reject);
  child.once("close", (code) =>
    code === 0 ? resolve() : reject(new Error(`${command} failed with code ${code}: ${lastLine}`)),
  );
  await promise;
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
