import { parseArgs } from "node:util";
import { refuseSwallowed } from "../screen/swallowed-options.ts";
import { StartError } from "../start-error.ts";

export interface CommandLine {
  /** What --instance names; without it, the one that runs is meant. */
  instance: string | undefined;
  words: string[];
}

/** `npm run in-cluster` has named the release: there is nothing to choose any more. */
const inCluster = process.env.SIDECART_IN_CLUSTER === "1";
const ownOptions = { instance: { type: "string" }, help: { type: "boolean" } } as const;

/** Runs an operator's command with its words. What fails ends in one line and a non-zero exit. */
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

/** Whoever reads what is printed has had enough, such as `head`. */
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
