import pg from "pg";
import { ensureDatabases } from "../parts/databases.ts";
import { credentialsOf } from "../secrets/credentials.ts";
import type { Backend } from "./backend.ts";

/** Named among the databases of an instance like one of a service. */
export const stateDatabase = "state";

/** State in a database of its own on the PostgreSQL of the services. The sidecars' role owns it: they make its tables. */
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
 * The first table, as the sidecars make it (components-contrib 1.18, common/component/sql/migrations/postgres): when two
 * of them do that at once, one may be told that its type exists already (42710) and does not try again.
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
