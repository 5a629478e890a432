import { failureText } from "./failure.ts";
import { databasesIn } from "./postgres-programs.ts";

/** Runs a command whose only argument is the folder of a dump. A failure is one line. */
export async function runOnDump(help: string, work: (folder: string) => Promise<void>): Promise<void> {
  const [folder, ...surplus] = process.argv.slice(2);
  if (folder === undefined || folder.startsWith("-") || surplus.length > 0) return fail(help);
  try {
    if (databasesIn(process.env).length === 0)
      throw new Error("no database: set DATABASE_URL_ORDERS and the like (--help)");
    await work(folder);
  } catch (error) {
    fail(`${failureText(error)}\n`);
  }
}

function fail(text: string): void {
  process.stderr.write(`✗ ${text}`);
  process.exitCode = 1;
}
