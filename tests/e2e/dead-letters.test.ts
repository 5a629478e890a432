import { randomUUID } from "node:crypto";
import { apps } from "@sidecart/local/apps";
import t from "tap";
import { as, behindSidecar } from "../support/direct.ts";
import { eventually } from "../support/eventually.ts";
import { admin, goodPassword, newCustomer, newPerson, newProduct, placeOrder } from "../support/people.ts";
import { program } from "../support/program.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

type Letter = { eventId: string; topic: string; event: string; error: string; attempts: number };

const withDatabase = apps.filter(({ database }) => database);

t.setTimeout(90_000);
const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const customer = await newCustomer(gatewayUrl);
const { catalog } = await stockOracle(t, system);
const { sidecar, deadLetterAdmin } = behindSidecar(t, system, "orders");
const admins = behindSidecar(t, system);

const topic = "orders.order-placed.v1";
const list = "{ deadLetters(service: CATALOG, first: 50) { totalCount nodes { eventId topic event error attempts } } }";
const redrive = `mutation($input: RedriveDeadLettersInput!) { redriveDeadLetters(input: $input) { redriven failed } }`;

async function publish(bytes: string): Promise<void> {
  const contentType = "application/cloudevents+json";
  const refused = await sidecar.publish("pubsub", topic, [{ id: "1", body: Buffer.from(bytes), contentType }], as());
  if (refused.size > 0) throw new Error([...refused.values()].join());
}
const envelope = (id: string, data: unknown) => {
  const datacontenttype = "application/json";
  const time = new Date().toISOString();
  return JSON.stringify({ specversion: "1.0", id, type: topic, source: "orders", time, datacontenttype, data });
};
const letters = async () => (await shop.get<{ deadLetters: { nodes: Letter[] } }>(list)).deadLetters.nodes;
const letter = (id: string) =>
  eventually("the dead letter", async () => (await letters()).find(({ eventId }) => eventId === id), 40_000);
const again = (id: string) => shop.get(redrive, { input: { service: "CATALOG", eventIds: [id] } });

t.test("an event that cannot be handled becomes a dead letter after its attempts, with its error", async (t) => {
  const bad = {
    "a reservation's id that is none": { data: { id: randomUUID(), reservationId: "garbage" }, error: /hold-open/ },
    "an order that is none": { data: "not an order", error: /cannot decode/ },
  };
  for (const [what, { data, error }] of Object.entries(bad)) {
    const id = randomUUID();
    await publish(envelope(id, { order: data }));
    const dead = await letter(id);
    t.match(dead, { topic, attempts: 5, error }, `${what}: ${dead.error}`);
    t.match(
      JSON.parse(dead.event),
      { id, type: topic, source: "orders", data: { order: data } },
      "the event as it came",
    );
  }
});

t.test("a message that is not an event becomes a dead letter too", async () => {
  const before = (await letters()).length;
  await publish(JSON.stringify({ specversion: "1.0", id: "not a uuid", type: topic, source: "orders", data: {} }));
  await eventually("one more dead letter", async () => (await letters()).length > before, 40_000);
});

t.test("a bad event does not block the good ones behind it", async () => {
  await publish(envelope(randomUUID(), { order: { id: randomUUID(), reservationId: "garbage" } }));
  const input = { orderProducts: [{ productId: await newProduct(shop), quantity: 1 }] };
  await customer.get(placeOrder, { input });
  const held = "select 1 from reservations where status = 'open' and expires_at is not null";
  await eventually("the order's event handled", async () => (await catalog(held)).length === 0);
});

t.test("once its cause is fixed a redriven dead letter takes effect once", async (t) => {
  await catalog("alter table reservations add constraint trouble check (expires_at is not null) not valid");
  const product = await newProduct(shop);
  const input = { orderProducts: [{ productId: product, quantity: 1 }] };
  await customer.get(placeOrder, { input });
  const dead = await eventually(
    "the order's dead letter",
    async () => (await letters()).find(({ event }) => event.includes(product)),
    40_000,
  );
  t.same(await again(dead.eventId), { redriveDeadLetters: { redriven: 0, failed: 1 } }, "before the cause is fixed");
  t.equal((await letter(dead.eventId)).attempts, 6, "which counts as an attempt");

  await catalog("alter table reservations drop constraint trouble");
  const held = "select expires_at from reservations where lines->0->>'productId' = $1";
  t.not((await catalog<{ expires_at: unknown }>(held, [product]))[0]?.expires_at, null);
  t.same(await again(dead.eventId), { redriveDeadLetters: { redriven: 1, failed: 0 } });
  t.same(await catalog(held, [product]), [{ expires_at: null }], "it took effect");
  t.notOk(
    (await letters()).some(({ eventId }) => eventId === dead.eventId),
    "and it has left the list",
  );
  t.same(await again(dead.eventId), { redriveDeadLetters: { redriven: 0, failed: 0 } });
});

t.test(
  "an event whose statement fails permanently becomes a dead letter, and is handled once its cause is fixed",
  async (t) => {
    await catalog("alter table reservations rename column expires_at to expires_some_time");
    const product = randomUUID();
    const id = randomUUID();
    await publish(envelope(id, { order: { id: randomUUID(), reservationId: product } }));
    const dead = await letter(id);
    t.match(dead, { attempts: 5, error: /hold-open.*42703/ });
    await catalog("alter table reservations rename column expires_some_time to expires_at");
    t.same(await again(id), { redriveDeadLetters: { redriven: 0, failed: 1 } }, "there is no such reservation");
    t.match((await letter(id)).error, /stock of reservation .* is gone/);
  },
);

async function deadLettersCommand(...words: string[]) {
  const person = await newPerson(gatewayUrl, "admin");
  const env = { SIDECART_URL: gatewayUrl, SIDECART_EMAIL: person.email, SIDECART_PASSWORD: goodPassword };
  return program("local/src/commands/dead-letters.ts", words, env);
}

t.test("dead letters are listed and redriven by topic and by a part of their error", async (t) => {
  const query = `query($topic: String, $error: String) {
    deadLetters(service: CATALOG, topic: $topic, error: $error) { totalCount nodes { error } } }`;
  type Listed = { deadLetters: { totalCount: number; nodes: { error: string }[] } };
  const part = "is gone";
  const wanted = (await letters()).filter(({ error }) => error.includes(part));
  t.ok(wanted.length > 0);
  const found = (await shop.get<Listed>(query, { topic, error: part })).deadLetters;
  t.equal(found.totalCount, wanted.length);
  t.ok(found.nodes.every(({ error }) => error.includes(part)));
  t.same((await shop.get<Listed>(query, { topic: "orders.order-paid.v1", error: part })).deadLetters.totalCount, 0);
  t.equal(await shop.refusal(query, { error: "x".repeat(201) }), "BAD_INPUT");

  const listed = await deadLettersCommand(`topic=${topic}`, `error=${part}`);
  t.match(listed.output, `catalog: ${wanted.length} dead letters`);
  t.equal(listed.output.split(part).length - 1, wanted.length);
  const redriven = await deadLettersCommand("redrive", "catalog", "topic=orders.order-paid.v1");
  t.match(redriven.output, "catalog: 0 handled, 0 failed again, 0 left");
  const again = await deadLettersCommand("redrive", "catalog", `error=${part}`);
  t.match(again.output, `catalog: 0 handled, ${wanted.length} failed again, 0 left`);
});

t.test("npm run dead-letters lists dead letters by service, with error and event", async (t) => {
  const { code, output } = await deadLettersCommand();
  t.equal(code, 0, output);
  const all = await letters();
  t.same(
    output.match(/^\w+: \d+ dead letters$/gm),
    withDatabase.map(({ id }) => `${id}: ${id === "catalog" ? all.length : 0} dead letters`),
  );
  for (const { eventId, attempts, error, event } of all) {
    const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    t.ok(output.includes(`  ${eventId}  ${topic}  ${tries}  20`), `${eventId}, ${tries}`);
    t.ok(output.includes(`\n    ${error}\n    ${event.slice(0, 200)}`), `${eventId}: its error and its event`);
  }
});

t.test("only an admin sees and redrives dead letters, also at the service", async (t) => {
  t.equal(await customer.refusal(list), "FORBIDDEN");
  t.equal(await customer.refusal(redrive, { input: { service: "CATALOG" } }), "FORBIDDEN");
  const page = await admins.deadLetterAdmin("catalog").listDeadLetters({ first: 1 }, as(shop.token));
  t.equal(page.deadLetters.length, 1, "a page of one");
  t.ok(page.total > 1, `of ${page.total}`);
  await t.rejects(
    deadLetterAdmin("catalog").listDeadLetters({}, as(shop.token)),
    "not through another service's sidecar",
  );
});
