import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { postgresServer } from "../../tests/support/postgres.ts";
import { program } from "../../tests/support/program.ts";

const canary = "canary-pass-word";
const { as, start } = await postgresServer(t);
const good = as("postgres", canary, "postgres");
const folder = t.testdir({ "dump.json": JSON.stringify({ at: new Date().toISOString(), services: ["orders"] }) });
const account = join(folder, "account");
await mkdir(account);
for (const name of ["token", "ca.crt", "namespace"]) await writeFile(join(account, name), `${canary}\n`);

type Case = { file: string; args?: string[]; env: (url: string) => Record<string, string> };
const jobs: Record<string, Case> = {
  migrate: {
    file: "ops/src/migrate.ts",
    args: ["--service", "orders"],
    env: (DATABASE_URL) => ({ DATABASE_URL, SIDECART_RUNTIME_ROLE: "app" }),
  },
  "end-sessions": { file: "ops/src/end-sessions.ts", env: (DATABASE_URL) => ({ DATABASE_URL }) },
  dump: {
    file: "ops/src/dump.ts",
    args: [join(folder, "new")],
    env: (DATABASE_URL_ORDERS) => ({ DATABASE_URL_ORDERS }),
  },
  restore: { file: "ops/src/restore.ts", args: [folder], env: (DATABASE_URL_ORDERS) => ({ DATABASE_URL_ORDERS }) },
  "create-database, as its admin": {
    file: "charts/jobs/src/create-database.ts",
    env: (ADMIN_URL) => ({ ADMIN_URL, DATABASE_URL: `user=orders password=${canary} database=orders` }),
  },
  "place-order": {
    file: "charts/jobs/src/place-order.ts",
    env: (SIDECART_URL) => ({ SIDECART_URL, ADMIN_EMAIL: "a@example.com", ADMIN_PASSWORD: canary }),
  },
};
const kubernetes = {
  KUBERNETES_SERVICE_HOST: "127.0.0.1",
  KUBERNETES_SERVICE_PORT: "1",
  SIDECART_KUBERNETES_FOLDER: account,
};
const callers = {
  "charts/jobs/src/signing-keys.ts": ["ensure"],
  "charts/jobs/src/tokens.ts": ["redis"],
  "ops/src/wait-for-job.ts": ["--job", "set-up", "--seconds", "1"],
};

/** Addresses that are none, each with the password. */
const invalid = [
  `postgres://orders:${canary}@db:port/orders`,
  `postgres://orders:${canary}@[db/orders`,
  `postgres://orders:a/${canary}@db/orders`,
  `postgres://orders:%zz${canary}@127.0.0.1:1/orders`,
  `//orders:${canary}@db/orders`,
  `orders:${canary}`,
  `host=db user=orders password='${canary}`,
];
const everyUrl = [...invalid, `postgres://127.0.0.1:1/orders?user=orders&password=${canary}`];

async function failsQuietly(t: Test, what: string, { file, args = [], env }: Case, url: string): Promise<string> {
  const { code, output } = await program(file, args, { SIDECART_WAIT_SECONDS: "0", ...env(url) });
  t.equal(code, 1, `${what} fails: ${output}`);
  t.notMatch(output, canary, `${what} with ${url}`);
  t.notMatch(output, /^ {4}at /m, `${what} prints no stack: ${output}`);
  return output;
}

for (const [what, job] of Object.entries(jobs)) {
  t.test(`${what} prints no password of an address that is invalid or does not respond`, async (t) => {
    for (const url of everyUrl) await failsQuietly(t, what, job, url);
    await failsQuietly(t, what, job, good);
  });
}

t.test("create-database prints no password of an invalid connection string", async (t) => {
  const { file } = jobs["create-database, as its admin"] as Case;
  for (const text of invalid) {
    const owner = { file, env: (DATABASE_URL: string) => ({ ADMIN_URL: good, DATABASE_URL }) };
    await failsQuietly(t, "create-database", owner, text);
    const runtime = {
      file,
      env: (RUNTIME_CONNECTION: string) => ({ ...owner.env("user=a database=b"), RUNTIME_CONNECTION }),
    };
    await failsQuietly(t, "create-database", runtime, text);
  }
});

t.test("what calls Kubernetes prints no token of its account", async (t) => {
  for (const [file, args] of Object.entries(callers))
    await failsQuietly(t, file, { file, args, env: () => kubernetes }, "");
});

t.test("no program prints a password that the server refuses", async (t) => {
  await start();
  const { "place-order": _calls, restore: _runs, ...databases } = jobs;
  for (const [what, job] of Object.entries(databases)) {
    const output = await failsQuietly(t, what, job, good);
    t.match(output, /password authentication failed/, what);
  }
});
