import t from "tap";
import { eventually } from "../../support/eventually.ts";
import { Random } from "../../support/random.ts";
import { openShop } from "../../support/shop.ts";
import { streamEvents } from "../../support/stream-events.ts";
import { streamsOf } from "../../support/streams.ts";
import { killAtRandom } from "./killer.ts";
import { Traffic } from "./traffic.ts";

/** At most 600, because access tokens expire after 15 minutes. */
const seconds = Math.min(Number(process.env.SIDECART_FAULTS_SECONDS ?? 60), 600);
const workers = 12;
/** A separate random sequence for the killer: its seed determines the processes, signals and order. */
const random = new Random();

const list = (numbers: Map<string, number>) =>
  [...numbers]
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

t.setTimeout((seconds + 300) * 1_000);

t.test(`${workers} users trade for ${seconds} s while random processes are killed: all records agree`, async (t) => {
  t.comment(`SEED=${random.seed}`);
  const shop = await openShop(t, { broker: "redis", products: 8, units: 150 });
  const streams = await streamsOf(t, shop);
  const traffic = new Traffic(shop);
  const stopped = AbortSignal.timeout(seconds * 1_000);
  const people = Array.from({ length: workers }, (_, at) => traffic.run(new Random(random.seed + at + 1), stopped));
  const kills = await killAtRandom(shop.system, random, stopped, (what) => t.comment(what));
  await Promise.all(people);

  await eventually("every placement to have a clear outcome", () => traffic.settle(), 60_000);
  const books = await shop.agrees(120_000);
  const byId = new Map(books.orders.map((order) => [order.id, order]));
  t.same(traffic.unexpected, [], "every response has an expected code");
  t.equal(byId.size, traffic.placed.size, "as many orders as users received");
  t.ok(
    [...traffic.placed.values()].every((id) => byId.has(id)),
    "exactly these orders",
  );

  const statuses = Map.groupBy(books.orders, ({ status }) => status);
  const streamed = await Promise.all((await streams.topics()).map((topic) => streamEvents(streams.redis, topic)));
  t.comment(`orders: ${list(new Map([...statuses].map(([status, some]) => [status, some.length])))}`);
  t.comment(`kills: ${list(kills)}`);
  t.comment(`answers: ${list(traffic.answers)}`);
  t.comment(`events in the broker: ${streamed.flat().length}`);
});
