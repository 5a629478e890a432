import { adminUrl, answersQuery, postgresProcess } from "@sidecart/local/parts/postgres";
import { credentialsOf } from "@sidecart/local/secrets/credentials";
import pg from "pg";
import type { Test } from "tap";
import { StoreRun } from "./store.ts";

/** A PostgreSQL server for this test. `start` starts it; until then its port is closed. It stops when the test ends. */
export async function postgresServer(t: Test) {
  const run = await StoreRun.begin();
  t.teardown(() => run.stop());
  const { postgres: password } = credentialsOf(run.instance, []);
  const port = await run.port("postgres", "api");
  const url = adminUrl(port, password);
  await run.free("postgres");
  const start = async () => run.start(await postgresProcess(run.instance, port, password), () => answersQuery(url));
  const as = (user: string, secret: string, database: string) =>
    `postgres://${user}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${database}`;
  const connect = async (connectionString = url) => {
    const client = new pg.Client({ connectionString });
    client.on("error", () => {});
    await client.connect();
    run.onStop(() => client.end());
    return client;
  };
  return { url, as, start, connect };
}
