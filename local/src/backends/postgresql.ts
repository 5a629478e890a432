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
    return { "state-db": { connectionString: made.get(stateDatabase)?.ownerUrl ?? "" } };
  },
};
