import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";
import { failureText } from "./failure.ts";
import { connectWithRetry, postgresUrl } from "./postgres.ts";

const config = z.object({
  /** A connection to the database of accounts. */
  DATABASE_URL: postgresUrl,
  /** How long to wait for a server that is not available yet. */
  SIDECART_WAIT_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120),
});

/** `restore-databases` runs it too. */
const statement = join(import.meta.dirname, "../../services/accounts/restore/end-sessions.sql");

/**
 * Ends all sessions, for use after a restore: a backup holds sessions that were ended after it was made. Returns how
 * many it ended. Access tokens are valid until they expire, at most 15 minutes later.
 */
async function endSessions({ DATABASE_URL, SIDECART_WAIT_SECONDS: seconds }: z.infer<typeof config>): Promise<number> {
  const client = await connectWithRetry(DATABASE_URL, { seconds, log });
  try {
    const { rowCount } = await client.query(await readFile(statement, "utf8"));
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  log(`${await endSessions(loadConfig(config))} sessions ended`);
} catch (error) {
  process.stderr.write(`✗ end-sessions: ${failureText(error)}\n`);
  process.exitCode = 1;
}
