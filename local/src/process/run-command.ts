import { execa, type Options } from "execa";
import { StartError } from "../start-error.ts";

type CommandOptions = Pick<Options, "cwd" | "env" | "uid" | "gid"> & {
  signal?: AbortSignal | undefined;
  onLine?: (line: string) => void;
};

const keptLines = 30;

/**
 * Runs a command, with what it starts, to its end and answers its stdout. Its output is also handed out line by line. A
 * failure is one line that names the command and the exit code, with the last lines it wrote. A given `env` is all that
 * it sees.
 */
export async function runCommand(command: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const { onLine, signal, ...rest } = options;
  const take = function* (line: unknown) {
    onLine?.(String(line));
    yield line;
  };
  const ended = await execa(command, args, {
    ...rest,
    extendEnv: rest.env === undefined,
    stdin: "ignore",
    stdout: take,
    stderr: take,
    all: true,
    reject: false,
    killDescendants: true,
    forceKillAfterDelay: false,
    ...(signal && { cancelSignal: signal }),
  });
  if (!ended.failed) return ended.stdout;
  const { exitCode, signal: killedBy, all, cause } = ended;
  if (exitCode === undefined && killedBy === undefined)
    throw new StartError(`${command} could not be run: ${(cause as Error).message}`);
  const lines = all.split("\n").filter(Boolean).slice(-keptLines);
  throw new StartError(`${command} ${args[0] ?? ""} failed (${killedBy ?? `exit code ${exitCode}`})`, lines);
}
