import { parseArgs } from "node:util";
import { refuseSwallowed } from "../screen/swallowed-options.ts";
import { StartError } from "../start-error.ts";

export interface CommandLine {
  /** The name in --instance; undefined for the running instance. */
  instance: string | undefined;
  words: string[];
}

/** Set by `npm run in-cluster`: the command works on a release, so there is no instance to choose. */
const inCluster = process.env.SIDECART_IN_CLUSTER === "1";
const ownOptions = { instance: { type: "string" }, help: { type: "boolean" } } as const;

/** Runs an operator's command with its arguments. An error is one line, and the exit code is then 1. */
export async function runCommandLine(help: string, work: (line: CommandLine) => Promise<void>): Promise<void> {
  process.stdout.on("error", endWithReader);
  try {
    const { values, positionals } = parse(process.argv.slice(2));
    refuseSwallowed(["instance"], positionals);
    if (values.help) process.stdout.write(help);
    else await work({ instance: values.instance, words: positionals });
  } catch (error) {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/** The reader of our output has closed it, as `head` does. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

function parse(args: string[]) {
  try {
    const { help } = ownOptions;
    const options = inCluster ? ({ help } as typeof ownOptions) : ownOptions;
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split(". ");
    throw new StartError(`${reason} (--help)`);
  }
}
