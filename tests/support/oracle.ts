import pg from "pg";
import type { Test } from "tap";

/** Reads a service's database directly, to see what is really stored. */
export async function oracle(t: Test, url: string): Promise<<T>(text: string, values?: unknown[]) => Promise<T[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.teardown(() => client.end());
  return async <T>(text: string, values: unknown[] = []) => (await client.query(text, values)).rows as T[];
}
