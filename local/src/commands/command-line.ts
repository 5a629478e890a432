import { parseArgs } from "node:util";
import { refuseSwallowed } from "../screen/swallowed-options.ts";
import { StartError } from "../start-error.ts";

export interface CommandLine {
  /** What --instance names. */
  instance: string | undefined;
  words: string[];
}

export interface Usage {
  name: string;
  /** What each form of words does, where there are several. */
  forms?: Record<string, string>;
  text?: string;
  /** It asks a gateway, so that another one can be named. */
  asks?: "gateway";
}

/** `npm run in-cluster` has named the release: there is nothing to choose any more. */
const inCluster = process.env.SIDECART_IN_CLUSTER === "1";
const elsewhere = `  Elsewhere than on this machine: SIDECART_URL, with SIDECART_EMAIL and SIDECART_PASSWORD of an admin; a release in
  Kubernetes: npm run in-cluster.
`;
const ownOptions = { instance: { type: "string" }, help: { type: "boolean" } } as const;
const optionTexts = {
  instance: "  --instance NAME   which copy of the system on this machine (default)\n",
  help: "  --help            this text\n",
};

/** Runs an operator's command with its words. What fails ends in one line and a non-zero exit. */
export async function runCommandLine(usage: Usage, work: (line: CommandLine) => Promise<void>): Promise<void> {
  process.stdout.on("error", endWithReader);
  try {
    const { values, positionals } = parse(process.argv.slice(2));
    refuseSwallowed(["instance"], positionals);
    if (values.help) process.stdout.write(usageText(usage));
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

function usageText({ name, forms, text = "", asks }: Usage): string {
  const command = inCluster ? `npm run in-cluster -- [options] ${name}` : `npm run ${name}`;
  const head = forms ? formsText(command, forms) : `${command}${inCluster ? "" : " [-- options]"}\n`;
  const body = text + (asks && !inCluster ? elsewhere : "");
  return [head, body, inCluster ? optionTexts.help : optionTexts.instance + optionTexts.help]
    .filter(Boolean)
    .join("\n");
}

function formsText(command: string, forms: Record<string, string>): string {
  const separator = inCluster ? " " : " -- ";
  const written = Object.entries(forms).map(
    ([words, does]) => [words ? command + separator + words : command, does] as const,
  );
  const width = Math.max(...written.map(([form]) => form.length));
  return written.map(([form, does]) => `${form.padEnd(width)}  ${does}\n`).join("");
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
