import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { apps } from "@sidecart/local/apps";
import { Redis } from "ioredis";
import pg from "pg";
import t from "tap";
import { ask } from "../support/books.ts";
import { canariesOf, leaksIn, logsOf, untilLogged } from "../support/canaries.ts";
import { startCollector } from "../support/collector.ts";
import { eventually } from "../support/eventually.ts";
import { goodPassword, newPerson } from "../support/people.ts";
import { openShop } from "../support/shop.ts";

const { url, spans } = await startCollector(t);
const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: url };
const env = Object.fromEntries(apps.map(({ id }) => [id, exporting]));
const shop = await openShop(t, { broker: "redis", logLevel: "info", env });
const { system, customer } = shop;
const answers: string[] = [];

const logged = (pattern: RegExp) => untilLogged(system, pattern, use);

/** Requests of each kind; their responses are kept. */
async function use(): Promise<void> {
  const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const input = { email: customer.email, password: "typed-canary-password" };
  const all = [
    customer.ask(logIn, { input }),
    customer.ask("{ me { id } orders { nodes { id } } products(first: 3) { nodes { id } } }"),
    customer.ask('{ searchProducts(query: "thing") { totalCount } }'),
    shop.place(),
  ];
  answers.push(...(await Promise.all(all)).map((answer) => JSON.stringify(answer)));
}

/** The servers refuse the passwords of the system until the test ends. */
async function refuseEverywhere(): Promise<void> {
  const redis = new Redis(system.redisUrl);
  await redis.config("SET", "requirepass", "another password");
  await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  redis.disconnect();
  const owner = new URL(system.databaseUrl("orders"));
  const { postgres } = JSON.parse(await readFile(join(system.instanceDir, "credentials.json"), "utf8"));
  const client = new pg.Client({
    host: owner.hostname,
    port: Number(owner.port),
    user: "postgres",
    password: postgres,
  });
  await client.connect();
  const { rows } = await client.query("select rolname from pg_roles where rolcanlogin and rolname <> 'postgres'");
  for (const { rolname } of rows) {
    await client.query(`alter role ${pg.escapeIdentifier(rolname)} password 'another password'`);
  }
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where usename <> 'postgres'");
  await client.end();
}

/** Outboxes and dead letters of all services. */
const stored = () =>
  Promise.all(
    apps
      .filter(({ database }) => database)
      .flatMap(({ id }) =>
        ["outbox", "dead_letters"].map((table) =>
          ask<object>(system.databaseUrl(id), `select to_jsonb(t) as row from ${table} t`),
        ),
      ),
  );

/** Everything that the broker holds. */
async function streamed(): Promise<string> {
  const redis = new Redis(system.redisUrl);
  try {
    const keys: string[] = [];
    for await (const some of redis.scanStream({ type: "stream" })) keys.push(...some);
    return JSON.stringify(await Promise.all(keys.map((key) => redis.xrange(key, "-", "+"))));
  } finally {
    redis.disconnect();
  }
}

t.test("an e-mail address is in no event, dead letter, log, trace or metric", async (t) => {
  const partner = await newPerson(system.gatewayUrl, "partner");
  await use();
  const events = await eventually("the events of the account", async () => {
    const text = await streamed();
    return text.includes(partner.id) && /account-updated/.test(text) && text;
  });
  const metrics = await (await fetch(`${system.gatewayUrl}/metrics`)).text();
  const outputs = [
    ...(await logsOf(system)),
    { name: "events", text: events },
    { name: "outboxes and dead letters", text: JSON.stringify(await stored()) },
    { name: "spans", text: JSON.stringify(spans) },
    { name: "metrics", text: metrics },
  ];
  t.same(leaksIn(outputs, [partner.email, customer.email]), []);
});

t.test("no secret and no password is in any output, also when every server refuses", async (t) => {
  await use();
  const eventsAndDeadLetters = await stored();
  await refuseEverywhere();
  await logged(/WRONGPASS/);
  await logged(/password authentication failed|28P01/);
  const metrics = await (await fetch(`${system.gatewayUrl}/metrics`)).text();
  const outputs = [
    ...(await logsOf(system)),
    { name: "spans", text: JSON.stringify(spans) },
    { name: "metrics", text: metrics },
    { name: "answers", text: answers.join("\n") },
    { name: "events and dead letters", text: JSON.stringify(eventsAndDeadLetters) },
  ];
  t.ok(spans.length > 10);
  const known = await canariesOf(system, [customer.token, goodPassword, "typed-canary-password"]);
  t.ok(known.length > 15, `${known.length} canaries`);
  t.same(leaksIn(outputs, known), []);
});
