import { execa, type Options } from "execa";
import { StartError } from "../start-error.ts";

type CommandOptions = Pick<Options, "cwd" | "env" | "uid" | "gid"> & {
  signal?: AbortSignal | undefined;
  onLine?: (line: string) => void;
};

const keptLines = 30;

/**
 * Runs a command with its children to the end and returns its stdout. Calls `onLine` for each line of output. An error
 * is one line with the command and the exit code, and has the last lines of output. A given `env` is the whole
 * environment.
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
    throw new StartError(`cannot run ${command}: ${(cause as Error).message}`);
  const lines = all.split("\n").filter(Boolean).slice(-keptLines);
  throw new StartError(`${command} ${args[0] ?? ""} failed (${killedBy ?? `exit code ${exitCode}`})`, lines);
}
