import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";

export type NamedDatabase = { service: string; url: string };

const run = promisify(execFile);
const prefix = "DATABASE_URL_";

/** The databases in the environment, such as DATABASE_URL_ORDERS: connections of their owners. */
export function databasesIn(env: Readonly<Record<string, string | undefined>>): NamedDatabase[] {
  return Object.entries(env)
    .filter(([name, url]) => name.startsWith(prefix) && url)
    .map(([name, url]) => ({ service: name.slice(prefix.length).toLowerCase(), url: z.url().parse(url) }))
    .sort((a, b) => a.service.localeCompare(b.service));
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
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  return { username, password, target: url.href };
}
