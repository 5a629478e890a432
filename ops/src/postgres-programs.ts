import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { postgresUrl } from "./postgres.ts";

export type NamedDatabase = { service: string; url: string };

const run = promisify(execFile);
const prefix = "DATABASE_URL_";

/** The databases in the environment, such as DATABASE_URL_ORDERS: connections of their owners. */
export function databasesIn(env: Readonly<Record<string, string | undefined>>): NamedDatabase[] {
  return Object.entries(env)
    .filter(([name, url]) => name.startsWith(prefix) && url)
    .map(([name, url]) => ({ service: name.slice(prefix.length).toLowerCase(), url: addressIn(name, url) }))
    .sort((a, b) => a.service.localeCompare(b.service));
}

function addressIn(name: string, url: string | undefined): string {
  const address = postgresUrl.safeParse(url);
  if (!address.success) throw new Error(`${name} ${address.error.issues[0]?.message}`);
  return address.data;
}

/** Runs a program of PostgreSQL on a database. The password goes through the environment, where `ps` does not show it. */
export async function runPostgresProgram(program: "pg_dump" | "pg_restore", url: string, args: string[]) {
  const { username, password, ...rest } = partsOf(url);
  const env = { ...process.env, PGUSER: username, PGPASSWORD: password };
  const folder = process.env.SIDECART_POSTGRES_BIN;
  const path = folder ? `${folder}/${program}` : program;
  await run(path, [`--dbname=${rest.target}`, ...args], { env, maxBuffer: 16 * 1024 * 1024 });
}

function partsOf(text: string) {
  const url = new URL(text);
  const { searchParams: settings } = url;
  const username = settings.get("user") ?? decodeURIComponent(url.username);
  const password = settings.get("password") ?? decodeURIComponent(url.password);
  Object.assign(url, { username: "", password: "" });
  for (const name of ["user", "password"]) settings.delete(name);
  return { username, password, target: url.href };
}
