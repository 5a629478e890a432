import { help } from "./dump.help.mjs";
import { dumpDatabases } from "./dump-databases.ts";
import { databasesIn } from "./postgres-programs.ts";
import { runOnDump } from "./run-on-dump.ts";

await runOnDump(help(), async (folder) => {
  const { at, services } = await dumpDatabases(databasesIn(process.env), folder);
  process.stdout.write(`dumped ${services.join(", ")} as of ${at}\n`);
});
