import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { StartError } from "../start-error.ts";

interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  uid?: number;
  gid?: number;
  signal?: AbortSignal | undefined;
  onLine?: (line: string) => void;
}

const keptLines = 30;

/**
 * Runs a command, with what it starts, to its end and answers its stdout. Its output is also handed out line by line. A
 * failure is one line that names the command and the exit code, with the last lines it wrote.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { onLine, signal, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const abort = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      } catch (error) {
        // It has ended, and only its output is still being read.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    };
    signal?.addEventListener("abort", abort, { once: true });
    const last: string[] = [];
    const out: string[] = [];
    const take = (line: string) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      onLine?.(line);
    };
    createInterface({ input: child.stdout }).on("line", (line) => {
      out.push(line);
      take(line);
    });
    createInterface({ input: child.stderr }).on("line", take);
    child.once("error", (error) => reject(new StartError(`${command} could not be run: ${error.message}`)));
    child.once("close", (code, ended) => {
      signal?.removeEventListener("abort", abort);
      if (code === 0) resolve(out.join("\n"));
      else reject(new StartError(`${command} ${args[0] ?? ""} failed (${ended ?? `exit code ${code}`})`, last));
    });
  });
}
