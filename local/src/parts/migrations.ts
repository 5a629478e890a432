import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { checkout, type Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import { runCommand } from "../process/run-command.ts";
import type { ServiceDatabase } from "./databases.ts";

/** Migrates a service's database to the newest schema, as its owner, and grants the runtime role its privileges. */
export async function migrate(instance: Instance, database: ServiceDatabase, signal?: AbortSignal): Promise<void> {
  const log = createWriteStream(join(instance.logs, `${database.service}-migrations.log`), { mode: 0o600 });
  try {
    await runCommand(process.execPath, [join(checkout, "ops/src/migrate.ts"), "--service", database.service], {
      cwd: checkout,
      env: {
        ...inheritedEnvironment(),
        DATABASE_URL: database.ownerUrl,
        SIDECART_RUNTIME_ROLE: database.runtimeRole,
      },
      signal,
      onLine: (line) => log.write(`${line}\n`),
    });
  } finally {
    log.end();
  }
}
