import { databasesIn } from "./postgres-programs.ts";
import { help } from "./restore.help.mjs";
import { restoreDatabases } from "./restore-databases.ts";
import { runOnDump } from "./run-on-dump.ts";

await runOnDump(help(), async (folder) => {
  const { at, publishedAgain, endedSessions } = await restoreDatabases(databasesIn(process.env), folder);
  process.stdout.write(`restored as of ${at.toISOString()}\n`);
  for (const [service, events] of Object.entries(publishedAgain)) {
    process.stdout.write(`${service}: ${events} events will be published again\n`);
  }
  process.stdout.write(`${endedSessions} sessions ended\n`);
});
