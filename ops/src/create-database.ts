import pg from "pg";
import { withAdvisoryLock } from "./postgres.ts";

type Role = { name: string; password: string };
export type NewDatabase = {
  database: string;
  /** Owns the database and runs the migrations. */
  owner: Role;
  /** The role of the service's sidecar; the owner when absent. */
  runtime?: Role | undefined;
};

const lockSeconds = 60;

/** Creates the database and its roles, if missing. Idempotent, and safe to run concurrently. */
export async function createDatabase(admin: pg.Client, { database, owner, runtime }: NewDatabase): Promise<void> {
  await withAdvisoryLock(admin, "sidecart databases", lockSeconds, async () => {
    await ensureRole(admin, owner);
    if (runtime) await ensureRole(admin, runtime);
    await ensureDatabase(admin, database, owner.name);
    const name = pg.escapeIdentifier(database);
    await admin.query(`revoke all on database ${name} from public`);
    if (runtime) await admin.query(`grant connect on database ${name} to ${pg.escapeIdentifier(runtime.name)}`);
  });
}

async function ensureRole(admin: pg.Client, { name, password }: Role): Promise<void> {
  const found = await admin.query("select from pg_roles where rolname = $1", [name]);
  const verb = found.rowCount ? "alter" : "create";
  await admin.query(`${verb} role ${pg.escapeIdentifier(name)} login password ${pg.escapeLiteral(password)}`);
}

async function ensureDatabase(admin: pg.Client, name: string, owner: string): Promise<void> {
  const found = await admin.query("select from pg_database where datname = $1", [name]);
  // An admin without superuser rights can only create a database for a role of which it is a member.
  await admin.query(`grant ${pg.escapeIdentifier(owner)} to current_user`);
  if (found.rowCount) return;
  await admin.query(`create database ${pg.escapeIdentifier(name)} owner ${pg.escapeIdentifier(owner)}`);
}
