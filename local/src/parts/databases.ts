import { createDatabase } from "@sidecart/ops/create-database";
import pg from "pg";
import { unusable } from "../diagnosis/remedy.ts";
import type { Credentials } from "../secrets/credentials.ts";
import { StartError } from "../start-error.ts";

/** A service's database: the owner role migrates it, the service's sidecar connects with the runtime role. */
export interface ServiceDatabase {
  service: string;
  database: string;
  runtimeRole: string;
  ownerUrl: string;
  /** A libpq connection string with the runtime role's password, as `bindings.postgresql` needs it. */
  connectionString: string;
}

// Enough for a service's concurrent statements. Three services stay far below the server's 200 connections.
const poolMaxConns = 8;
const statementTimeoutMs = 5_000;

const notAllowed = "42501"; // insufficient_privilege

/** Creates missing databases and roles, two roles for each service. Idempotent. */
export async function ensureDatabases(
  adminUrl: string,
  instance: string,
  services: readonly string[],
  credentials: Credentials,
): Promise<Map<string, ServiceDatabase>> {
  const client = await connect(adminUrl);
  try {
    const made = new Map<string, ServiceDatabase>();
    for (const service of services) {
      const passwords = credentials.databases[service];
      if (!passwords) throw new Error(`no credentials for ${service}`);
      const name = databaseName(instance, service);
      await createDatabase(client, {
        database: name,
        owner: { name, password: passwords.owner },
        runtime: { name: runtimeRoleOf(name), password: passwords.runtime },
      });
      made.set(service, describe(adminUrl, service, name, passwords));
    }
    return made;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== notAllowed) throw error;
    throw new StartError(`DATABASE_URL: ${error.message}: its user must be able to create databases and roles`);
  } finally {
    await client.end();
  }
}

/** Drops an instance's databases and roles from an external server. */
export async function dropDatabases(adminUrl: string, instance: string, services: readonly string[]): Promise<void> {
  const client = await connect(adminUrl);
  try {
    for (const service of services) {
      const name = databaseName(instance, service);
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
      for (const role of [runtimeRoleOf(name), name])
        await client.query(`drop role if exists ${pg.escapeIdentifier(role)}`);
    }
  } finally {
    await client.end();
  }
}

function databaseName(instance: string, service: string): string {
  return `sidecart_${instance.replaceAll("-", "_")}_${service}`;
}

function runtimeRoleOf(database: string): string {
  return `${database}_app`;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (error) {
    throw unusable(`PostgreSQL at ${new URL(url).host}`, "DATABASE_URL", error);
  }
  client.on("error", () => {});
  return client;
}

function describe(adminUrl: string, service: string, database: string, passwords: { owner: string; runtime: string }) {
  const runtimeRole = runtimeRoleOf(database);
  const owner = new URL(adminUrl);
  owner.username = database;
  owner.password = passwords.owner;
  owner.pathname = `/${database}`;
  const words = {
    host: owner.hostname,
    port: owner.port || "5432",
    user: runtimeRole,
    password: passwords.runtime,
    database,
    ...Object.fromEntries(owner.searchParams),
    pool_max_conns: poolMaxConns,
    statement_timeout: statementTimeoutMs,
  };
  const connectionString = Object.entries(words)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
  return { service, database, runtimeRole, ownerUrl: owner.href, connectionString };
}
