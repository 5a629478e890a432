import pg from "pg";
import { ensureDatabases } from "../parts/databases.ts";
import { credentialsOf } from "../secrets/credentials.ts";
import type { Backend } from "./backend.ts";

/** Its name among the instance's databases, like the name of a service. */
export const stateDatabase = "state";

/** State in its own database on the services' PostgreSQL. The sidecars create its tables, so their role owns it. */
export const postgresql: Backend = {
  async start({ instance }, shared) {
    const admin = await shared.postgres;
    const made = await ensureDatabases(admin, instance.name, [stateDatabase], credentialsOf(instance, [stateDatabase]));
    const connectionString = made.get(stateDatabase)?.ownerUrl ?? "";
    await makeMetadataTable(connectionString);
    return { "state-db": { connectionString } };
  },
};

/**
 * Creates the first table as the sidecars do (components-contrib 1.18, common/component/sql/migrations/postgres). When
 * two sidecars create it at once, one may fail because its type exists (42710), and does not retry.
 */
async function makeMetadataTable(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query("create table if not exists dapr_metadata (key text not null primary key, value text not null)");
  } finally {
    await client.end();
  }
}
