import { parseArgs } from "node:util";
import { refuseSwallowed } from "../screen/swallowed-options.ts";
import { StartError } from "../start-error.ts";

export interface CommandLine {
  /** What --instance names. */
  instance: string | undefined;
  words: string[];
}

const ownOptions =
  "  --instance NAME   which copy of the system on this machine (default)\n  --help            this text\n";

/** Runs an operator's command with its words. What fails ends in one line and a non-zero exit. */
export async function runCommandLine(usage: string, work: (line: CommandLine) => Promise<void>): Promise<void> {
  try {
    const { values, positionals } = parse(process.argv.slice(2));
    refuseSwallowed(["instance"], positionals);
    if (values.help) process.stdout.write(`${usage}\n${ownOptions}`);
    else await work({ instance: values.instance, words: positionals });
  } catch (error) {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

function parse(args: string[]) {
  try {
    const options = { instance: { type: "string" }, help: { type: "boolean" } } as const;
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split(". ");
    throw new StartError(`${reason} (--help)`);
  }
}
